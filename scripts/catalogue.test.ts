import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../fleet/root.ts';
import { regressions } from '../fixtures/regressions/catalogue.ts';
import { misfits, today } from '../fixtures/regressions/misfits.ts';
import { unclaimed } from './kill-matrix.ts';
import { listedTests } from './listed-tests.ts';

const all = await regressions();

test('every regression fits today’s sources and manifests', async () => {
  expect(all.length, 'regressions in the catalogue').toBeGreaterThan(0);
  const now = await today();
  expect(all.flatMap((regression) => misfits(regression, now))).toEqual([]);
});

test('every spec that a regression names exists', () => {
  const gone = all.flatMap(({ name, caughtBy }) =>
    Object.keys(caughtBy)
      .filter((spec) => !existsSync(join(repositoryRoot, 'e2e', spec)))
      .map((spec) => `fixtures/regressions/${name}.ts: caughtBy names e2e/${spec}, which does not exist. Correct it.`),
  );
  expect(gone).toEqual([]);
});

test('every tag of a test is a regression that names its spec, and the other way round', async () => {
  const tests = await listedTests();
  expect(tests.length, 'tests of the suite').toBeGreaterThan(0);
  expect(unclaimed(all, tests)).toEqual([]);
});
