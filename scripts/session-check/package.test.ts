import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { repositoryRoot } from '../../fleet/root.ts';
import { askForTheRest } from './ask.ts';
import { init } from './init.ts';
import { pack } from './pack.ts';

const folder = mkdtempSync(join(tmpdir(), 'session-check-package-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Each with the reason why somebody's project gets it. */
const reasons: Readonly<Record<string, string>> = {
  '@peculiar/x509': 'certificates of a run',
  '@playwright/test': 'browser, test runner, report',
  commander: 'command line',
  'cookie-es': 'cookies of responses',
  disposablestack: 'Node 22 has none',
  'fastest-levenshtein': '"Did you mean …?"',
  fflate: 'secrets in archives of the report',
  'get-port': 'the port of the provider',
  h3: 'routes of the mock',
  jose: 'tokens of the mock',
  'p-limit': 'logout calls of the mock',
  'reflect-metadata': 'needed by @peculiar/x509',
  rfc6902: 'patches of manifests',
  'tough-cookie': 'cookies of a test user, as browsers keep them',
  tsx: 'configurations in TypeScript',
  undici: 'requests through the edge',
  yaml: 'manifests',
  zod: 'settings',
};
/** Optional peer dependencies, for k3s. */
const reasonsOfK3s: Readonly<Record<string, string>> = {
  '@kubernetes/client-node': 'the API of the node',
  '@testcontainers/k3s': 'a node',
  esbuild: 'images of the edge and of the mock',
  testcontainers: 'Docker',
  ws: 'ports of a cluster without a node',
};

let packed: Awaited<ReturnType<typeof pack>>;
beforeAll(async () => {
  packed = await pack(folder);
  symlinkSync(join(repositoryRoot, 'node_modules'), join(folder, 'node_modules'));
});

test('it needs these packages and no others, with a version of each', () => {
  const { dependencies, peerDependencies } = packed;
  expect(Object.keys(dependencies)).toEqual(Object.keys(reasons).toSorted());
  expect(Object.keys(peerDependencies)).toEqual(Object.keys(reasonsOfK3s).toSorted());
  expect(Object.values({ ...dependencies, ...peerDependencies })).not.toContain('*');
});

test('it holds no TypeScript but declarations, nothing of Dezky, and nothing that runs at its installation', () => {
  const files = execFileSync('find', [folder, '-type', 'f', '-not', '-path', '*/node_modules/*'], { encoding: 'utf8' })
    .trim()
    .split('\n');
  expect(files.filter((file) => /(?<!\.d)\.ts$|\/(?:apps|product|regressions)\//.test(file))).toEqual([]);
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { scripts?: unknown };
  expect(scripts).toBeUndefined();
  const { properties } = JSON.parse(readFileSync(join(folder, 'schema.json'), 'utf8')) as { properties: object };
  expect(properties).toHaveProperty('signIn');
});

test('what init writes compiles as strict TypeScript, without the packages of k3s', async () => {
  const project = join(folder, '..', `${basename(folder)}-project`);
  const modules = join(project, 'node_modules');
  onTestFinished(() => rmSync(project, { recursive: true }));
  mkdirSync(join(modules, '@dezky'), { recursive: true });
  // A package's own dependencies are found beside it.
  cpSync(folder, join(modules, '@dezky/session-check'), {
    recursive: true,
    filter: (path) => !path.endsWith('node_modules'),
  });
  for (const name of [...Object.keys(packed.dependencies), '@types/node']) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(repositoryRoot, 'node_modules', name), join(modules, name));
  }
  init(project, await askForTheRest({ redis: 'REDIS_URL' }, new AbortController().signal));
  writeFileSync(
    join(project, 'wrong.ts'),
    "import { defineConfig } from '@dezky/session-check/config';\ndefineConfig({ cokie: 'sid' });\n",
  );
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  const { stdout } = spawnSync(
    process.execPath,
    [
      join(repositoryRoot, 'node_modules/typescript/bin/tsc'),
      ...'--strict --noEmit --module nodenext --types node'.split(' '),
      ...'session-check.config.ts playwright.config.ts session-check/both-pods.spec.ts wrong.ts'.split(' '),
    ],
    { cwd: project, encoding: 'utf8' },
  );
  // The settings have types: an unknown one is the only error.
  expect(stdout).toMatch(/^wrong\.ts\(2,\d+\): error TS\d+: .*'cokie' does not exist in type .*\n$/);
});

test('its command and its specs load', () => {
  const node = (...args: string[]) => execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  expect(node('cli.js', '--help')).toContain('--sign-in <path>');
  expect(
    node(
      '--input-type=module',
      '--eval',
      "import './scripts/session-check/index.js'; import { defineConfig } from './scripts/session-check/config.js'; console.log(typeof defineConfig)",
    ),
  ).toBe('function\n');
  expect(node('--input-type=module', '--eval', "console.log(typeof (await import('./global-setup.js')).default)")).toBe(
    'function\n',
  );
  expect(existsSync(join(folder, 'e2e/any-app/claims.spec.js'))).toBe(true);
});
