import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { claims } from '../../e2e/any-app/claims.ts';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import type { Regression } from '../../fixtures/regressions/regression.ts';
import { seenIn } from '../../fixtures/seen-in.ts';
import { applySourceChanges, copyOf, readFolders, replaceOnce } from '../../fleet/build/sources.ts';
import { applySwitches } from '../../fleet/build/switches.ts';
import { checkModelled } from '../../fleet/engines/local/model.ts';
import { applyChanges } from '../../fleet/manifests/changes.ts';
import { render } from '../../fleet/manifests/render.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { mayBeInScripts } from '../product.ts';
import { listedTests } from '../runner/listed-tests.ts';
import { switchesOf } from './switched.ts';

const all = regressions();
const names = new Set(all.map(({ name }) => name));
const sources = await readFolders(repositoryRoot);
const tests = await listedTests();

test('no two areas have a regression of the same name', () => {
  expect(names.size).toBe(all.length);
});

test('public issues and claims about any app name regressions that exist', () => {
  const named = [...Object.keys(seenIn), ...Object.values(claims).flatMap(({ like }) => like)];
  expect(named.filter((name) => !names.has(name))).toEqual([]);
});

/** The objects that the local engine runs, and those that exist only on Kubernetes. */
const rendered = (folder: string) => render(join(repositoryRoot, folder));
const [local, kubernetes] = await Promise.all([rendered('fleet/e2e'), rendered('fleet/e2e/cluster')]);

/** Whether the changes of a regression fit today's sources and manifests. Each is judged by itself. */
function fit({ change, needs }: Regression): void {
  applySourceChanges(copyOf(sources), change.sources ?? []);
  for (const release of change.release ?? [])
    if (!('remove' in release)) replaceOnce(readFileSync(join(repositoryRoot, release.file), 'utf8'), release);
  applyChanges([...local, ...kubernetes], [change]);
  if (!needs.includes('kubernetes')) checkModelled(applyChanges(local, [change]));
}

test.each(all)('$area: $name fits today’s sources and manifests', (regression) => {
  expect(() => fit(regression)).not.toThrow();
});

test('one build can have the switches of all', async () => {
  const switches = await switchesOf(all, mayBeInScripts);
  expect(Object.keys(switches).length, 'regressions in it').toBeGreaterThan(50);
  expect(() => applySwitches(copyOf(sources), switches)).not.toThrow();
});

test('each regression has the specs in its caughtBy that have a test with its tag, and others have none', () => {
  const caught = all.flatMap(({ name, caughtBy }) => Object.keys(caughtBy).map((spec) => `e2e/${spec} @${name}`));
  const tagged = new Set(tests.flatMap(({ spec, tags }) => tags.map((tag) => `e2e/${spec} @${tag}`)));
  expect([...tagged].toSorted()).toEqual(caught.toSorted());
  expect(all.filter(({ caughtBy, preventsStart }) => !preventsStart && Object.keys(caughtBy).length === 0)).toEqual([]);
});

/** A regression that only one app can have turns the test of that app red, and not those of the others. */
const placeOf = ({ spec, line }: { spec: string; line: number }): string => `e2e/${spec}:${line}`;

test('each test of sessions, sign-outs, rollouts and hosts has the tag of a regression that turns it red', () => {
  const byPlace = Map.groupBy(
    tests.filter(({ spec }) => /^(?:session|logout|rollout|hosts)\//.test(spec)),
    placeOf,
  );
  const without = [...byPlace].filter(([, its]) => its.every(({ tags }) => tags.length === 0));
  expect(without.map(([place]) => place)).toEqual([]);
});

test('a regression declares how tests end early only for specs that catch it', () => {
  const stray = all.filter(({ endsEarly, caughtBy }) => Object.keys(endsEarly).some((spec) => !(spec in caughtBy)));
  expect(stray.map(({ name }) => name)).toEqual([]);
});
