import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyOf, readFolders } from '../../fleet/build/sources.ts';
import { applySwitches } from '../../fleet/build/switches.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { claims } from '../../e2e/any-app/claims.ts';
import { seenIn } from '../../fixtures/seen-in.ts';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import { placeOf } from '../../fixtures/regression.ts';
import { mismatches, repositoryState } from '../../fixtures/regressions/mismatches.ts';
import { mayBeInScripts } from '../product.ts';
import { switchesOf } from './switched.ts';
import { tagMismatches } from './kill-matrix.ts';
import { listedTests } from '../runner/listed-tests.ts';

const all = regressions();

test('no two areas have a regression of the same name', () => {
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
});

test('public issues and claims about any app name regressions that exist', () => {
  const names = new Set(all.map(({ name }) => name));
  const named = [...Object.keys(seenIn), ...Object.values(claims).flatMap(({ like }) => like)];
  expect(named.filter((name) => !names.has(name))).toEqual([]);
});

test('every regression fits today’s sources and manifests', async () => {
  expect(all.length, 'regressions in the catalogue').toBeGreaterThan(0);
  const state = await repositoryState();
  expect(all.flatMap((regression) => mismatches(regression, state))).toEqual([]);
});

test('one build can have the switches of all', async () => {
  const folders = copyOf(await readFolders(repositoryRoot));
  const switches = await switchesOf(all, mayBeInScripts);
  expect(Object.keys(switches).length, 'regressions in it').toBeGreaterThan(50);
  expect(() => applySwitches(folders, switches)).not.toThrow();
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
});

test('a regression declares how tests end early only for specs that catch it', () => {
  const stray = all.flatMap((regression) =>
    Object.keys(regression.endsEarly)
      .filter((spec) => !(spec in regression.caughtBy))
      .map((spec) => `${placeOf(regression)}: endsEarly names e2e/${spec}, which caughtBy does not. Remove it.`),
  );
  expect(stray).toEqual([]);
});
