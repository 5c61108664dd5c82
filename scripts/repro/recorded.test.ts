import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { leaksIn } from '../../e2e/reporters/redact.ts';
import { regressionNamed } from '../../fixtures/regressions/catalogue.ts';
import { reasonsFor } from './classify.ts';
import { readHar } from './read-har.ts';
import { storyOf } from './story.ts';

// Each was recorded in a browser on a fleet with the regression of its name: npm run repro -- <name> --record-har <file>
const folder = join(import.meta.dirname, 'testing');
const recordings = globSync('*.har', { cwd: folder });

test('there are recordings', () => expect(recordings.length).toBeGreaterThan(0));

test.each(recordings)('%s speaks most for what comes before its regression', async (file) => {
  const { refusedAfter } = await regressionNamed(file.replace('.har', ''));
  expect(reasonsFor(storyOf(readHar(join(folder, file))))[0]?.after).toBe(refusedAfter);
});

test.each(recordings)('%s has nothing secret in it', (file) => {
  const text = readFileSync(join(folder, file), 'utf8');
  expect(leaksIn(text)).toEqual([]);
  // Parameters hold codes and states; values of cookies are replaced.
  expect(text).not.toMatch(/https?:\/\/[^"]*[?#]/);
  expect(text.match(/(?<=(?:nuxt-oidc-auth|authentik_\w+|oidc)=)[^;"]+/g)?.every((value) => value === 'removed')).toBe(
    true,
  );
});
