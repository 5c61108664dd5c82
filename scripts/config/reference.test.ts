import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generatedFiles } from '../../fleet/environment/generated-files.ts';
import { images } from '../../fleet/product/images.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { referenceDocuments, settings } from './reference.ts';
import { requirementFaults, testsOfSuite } from './requirements.ts';

test('the reference and the table of commands are up to date: npm run config -- generate', async () => {
  const files = await generatedFiles(referenceDocuments);
  expect(files.length).toBeGreaterThan(5);
  expect(files.filter(({ upToDate }) => !upToDate).map(({ path }) => path)).toEqual([]);
});

test('every requirement of a standard is shown, or has a reason', async () => {
  expect(requirementFaults(await testsOfSuite())).toEqual([]);
});

/** Variables that a program of the harness sets for another, or that the system, npm or CI sets. */
const internal =
  /^(?:CI|(?:WAYLAND_)?DISPLAY|GITHUB_\w+|HOME|INIT_CWD|PATH|HOST|PORT|URL|TOKEN|KEY|CERTIFICATE|TARGET|SAMPLE\w*|PAGES_REPORTS|FLEET_\w+|FLEET_ENGINE|FLEET_RUN_ID|NODE_COMPILE_CACHE|KUBERNETES_SERVICE_\w+)$/;

test('every variable that people can set is in the reference, and is read somewhere', () => {
  const files = globSync('{scripts,e2e,fixtures,fleet}/**/*.{ts,mjs}', {
    cwd: repositoryRoot,
    exclude: ['**/node_modules', '**/dist', 'fixtures/sample-apps/**'],
  });
  const sources = [...files, 'playwright.config.ts']
    .filter((file) => !file.includes('.test.') && !file.includes('/testing/') && file !== 'scripts/config/reference.ts')
    .map((file) => readFileSync(join(repositoryRoot, file), 'utf8'))
    .join('\n');
  const direct = [...sources.matchAll(/process\.env(?:\.|\[')([A-Z]\w+)/g)].map(([, name]) => name ?? '');
  const unpacked = [...sources.matchAll(/\{([^{}]+)\} = process\.env/g)].flatMap(([, names = '']) =>
    [...names.matchAll(/[A-Z][A-Z0-9_]+/g)].map(([name]) => name),
  );
  const read = new Set([...direct, ...unpacked].filter((name) => !internal.test(name)));
  const ofImages = new Set<string>(Object.values(images).map(({ overrideEnv }) => overrideEnv));

  expect(read.size, 'variables that are read').toBeGreaterThan(5);
  const missing = [...read].filter((name) => !(name in settings) && !ofImages.has(name));
  expect(missing, 'variables to describe in reference.ts, or to add to `internal` here').toEqual([]);
  const unread = Object.keys(settings).filter((name) => !sources.includes(name));
  expect(unread, 'variables that nothing reads').toEqual([]);
});
