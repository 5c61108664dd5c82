import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../../fleet/root.ts';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import { placeOf } from '../../fixtures/regressions/regression.ts';
import { mismatches, repositoryState } from '../../fixtures/regressions/mismatches.ts';
import { tagMismatches } from './kill-matrix.ts';
import { listedTests } from '../runner/listed-tests.ts';
import { fitsLabel, labelsIn } from './test-labels.ts';

const all = regressions();

test('every regression fits today’s sources and manifests', async () => {
  expect(all.length, 'regressions in the catalogue').toBeGreaterThan(0);
  const state = await repositoryState();
  expect(all.flatMap((regression) => mismatches(regression, state))).toEqual([]);
});

test('every spec that a regression names exists', () => {
  const gone = all.flatMap((regression) =>
    Object.keys(regression.caughtBy)
      .filter((spec) => !existsSync(join(repositoryRoot, 'e2e', spec)))
      .map((spec) => `${placeOf(regression)}: caughtBy names e2e/${spec}, which does not exist. Correct it.`),
  );
  expect(gone).toEqual([]);
});

test('every tag of a test is a regression that names its spec, and the other way round', async () => {
  const tests = await listedTests();
  expect(tests.length, 'tests of the suite').toBeGreaterThan(0);
  expect(tagMismatches(all, tests)).toEqual([]);
}, 120_000);

test('every caughtBy asks for what was received, not for the label of an assertion alone', () => {
  const labelsOf = (file: string): string[] => labelsIn(readFileSync(join(repositoryRoot, 'e2e', file), 'utf8'));
  const shared = globSync('{models,fixtures}/*.ts', { cwd: join(repositoryRoot, 'e2e') }).flatMap(labelsOf);
  const bare = all.flatMap((regression) =>
    Object.entries(regression.caughtBy).flatMap(([spec, pattern]) => {
      const label = [...labelsOf(spec), ...shared].find((text) => fitsLabel(pattern, text));
      return label === undefined
        ? []
        : [
            `${placeOf(regression)}: ${pattern} of e2e/${spec} fits the label "${label}" whatever was received. ` +
              'Add what the fault makes it receive: /<label>[^]*Received: +<value>/.',
          ];
    }),
  );
  expect(bare).toEqual([]);
});

test('a regression declares how tests end early only for specs that catch it', () => {
  const stray = all.flatMap((regression) =>
    Object.keys(regression.endsEarly)
      .filter((spec) => !(spec in regression.caughtBy))
      .map((spec) => `${placeOf(regression)}: endsEarly names e2e/${spec}, which caughtBy does not. Remove it.`),
  );
  expect(stray).toEqual([]);
});
