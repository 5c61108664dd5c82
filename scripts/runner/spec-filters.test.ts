import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { repositoryRoot } from '../../fleet/root.ts';
import { specFiles, specFilters, specsByFile, specsFor } from './spec-filters.ts';

const known = ['e2e/session/sign-in.spec.ts', 'e2e/session/cookie.spec.ts', 'e2e/logout/logout.spec.ts'];
afterEach(() => vi.unstubAllEnvs());

test.each(['session/sign-in', 'e2e/session', 'sign-in.spec.ts:46', 'logout|cookie'])('%s selects specs', (filter) => {
  expect(specFilters([filter], known)).toEqual([filter]);
});

test.each<[string, string[], RegExp]>([
  [
    'each that selects none is named, with what it may mean',
    ['session/sing-in', 'session/cookie', 'nowhere'],
    /^No spec below e2e\/ matches "session\/sing-in"\. Did you mean session\/sign-in\?\nNo spec below e2e\/ matches "nowhere"\. There are: /,
  ],
  ['an empty name, as of an unset variable, does not select every spec', [''], /The name of a spec is empty/],
  ['what is no regular expression gets a sentence', ['session/('], /"session\/\(" is no regular expression/],
])('%s', (_, filters, sentence) => expect(() => specFilters(filters, known)).toThrow(sentence));

test('a path in the folder of the caller is one of the repository', () => {
  vi.stubEnv('INIT_CWD', join(repositoryRoot, 'e2e/session'));
  expect(specFilters(['./sign-in.spec.ts:46', '../logout'])).toEqual(['e2e/session/sign-in.spec.ts:46', 'e2e/logout']);
});

test('filters select by file', () => {
  expect(specsFor(['session/'], known)).toEqual(known.slice(0, 2));
  expect(specsFor([], known)).toEqual(known);
});

test('what specs are or import affects them, by way of others too, and nothing else does', async () => {
  const affected = await specsByFile(specFiles());
  expect(affected(['e2e/session/cookie.spec.ts'])).toEqual(['e2e/session/cookie.spec.ts']);
  expect(affected(['e2e/models/pods.ts'])).toContain('e2e/rollout/redis-loss.spec.ts');
  expect(affected(['e2e/models/pods.ts'])).not.toContain('e2e/release/manifests.spec.ts');
  expect(affected(['e2e/fixtures/clients.ts'])).toContain('e2e/session/cookie.spec.ts');
  expect(affected(['scripts/prove.ts', 'README.md'])).toEqual([]);
});
