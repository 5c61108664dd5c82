import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CannotRunHere, HarnessError } from '../../fleet/errors.ts';
import { down } from './down.ts';

/** The existing runs, alive or not. */
const there = vi.hoisted(() => ({ runs: [] as Array<{ runId: string; alive: boolean }> }));
const ended = vi.hoisted((): string[] => []);
/** Why a run cannot be ended, by its id. */
const stuck = vi.hoisted((): Record<string, Error> => ({}));
vi.mock('../../fleet/run/runs.ts', () => ({ listRuns: () => there.runs }));
vi.mock('../../fleet/build/builds.ts', () => ({ clearAbandonedBuilds: () => Promise.resolve() }));
vi.mock('../../fleet/product/fleet.ts', () => ({
  engineOfRun: () => ({
    reap: (runId: string) => (stuck[runId] ? Promise.reject(stuck[runId]) : Promise.resolve(void ended.push(runId))),
  }),
}));

let output: string;
beforeEach(() => {
  there.runs = [];
  ended.length = 0;
  for (const runId of Object.keys(stuck)) delete stuck[runId];
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
  expect(output).toContain('Still up: up.');
});

test.each<[string | undefined, { all?: boolean }]>([
  ['up', {}],
  [undefined, { all: true }],
])('named %s, %o: it is', async (named, options) => {
  there.runs = [living, abandoned];
  await down(named, options);
  expect(ended).toEqual(['left', 'up']);
});

test('one run and all of them are refused, and nothing ends', async () => {
  there.runs = [living];
  await expect(down('up', { all: true })).rejects.toThrow('up and --all name different runs. Leave one of them out.');
  expect(ended).toEqual([]);
});

test('several that cannot be ended are all named; only where all lack something of the machine it cannot run here', async () => {
  there.runs = [living, abandoned];
  stuck['up'] = new CannotRunHere('Docker does not answer.');
  stuck['left'] = new CannotRunHere('Docker does not answer.');
  await expect(down(undefined, { all: true })).rejects.toMatchObject({
    message: 'left could not be ended: Docker does not answer.\nup could not be ended: Docker does not answer.',
    exitCode: 77,
  });
  stuck['left'] = new HarnessError('The cluster does not answer.');
  await expect(down(undefined, { all: true })).rejects.toMatchObject({ exitCode: 2 });
});
