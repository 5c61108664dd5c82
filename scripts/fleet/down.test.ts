import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { down } from './down.ts';

/** The runs there are, living or not, and those that are left without files. */
const there = vi.hoisted(() => ({ runs: [] as Array<{ runId: string; alive: boolean }>, orphans: [] as string[] }));
const ended = vi.hoisted((): string[] => []);
vi.mock('../../fleet/build/builds.ts', () => ({ clearAbandonedBuilds: () => Promise.resolve() }));
vi.mock('../../fleet/engines/engines.ts', () => ({
  allRuns: () => Promise.resolve(there.runs),
  engineOfRun: () => ({ reap: (runId: string) => Promise.resolve(void ended.push(runId)) }),
  reapOrphans: () => Promise.resolve(there.orphans),
}));

let output: string;
beforeEach(() => {
  there.runs = [];
  there.orphans = [];
  ended.length = 0;
  output = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((output += String(text))));
});
afterEach(() => vi.restoreAllMocks());

const living = { runId: 'up', alive: true };
const abandoned = { runId: 'left', alive: false };

test('the only fleet is ended', async () => {
  there.runs = [living];
  await down(undefined, {});
  expect(ended).toEqual(['up']);
});

test('beside an abandoned one the only fleet that lives is not meant', async () => {
  there.runs = [living, abandoned];
  await down(undefined, {});
  expect(ended).toEqual(['left']);
  expect(output).toBe('left is down.\nStill up: up. To end it: npm run fleet -- down up\n');
});

test('nor is it beside what is left without files', async () => {
  there.runs = [living];
  there.orphans = ['lost'];
  await down(undefined, {});
  expect(ended).toEqual([]);
  expect(output).toBe('lost, whose files are gone, is down.\nStill up: up. To end it: npm run fleet -- down up\n');
});

test.each<[string | undefined, { all?: boolean }]>([
  ['up', {}],
  [undefined, { all: true }],
])('named %s, %o: it is', async (named, options) => {
  there.runs = [living, abandoned];
  await down(named, options);
  expect(ended).toEqual(['left', 'up']);
});
