import { expect, test } from 'vitest';
import { engineOf } from '../../fleet/engines/engines.ts';
import { CannotRunHere, HarnessError } from '../../fleet/errors.ts';
import { checkOptions, type ExploreOptions } from './explore.ts';

const local = engineOf('local');
const given = (change: Partial<ExploreOptions>): ExploreOptions => ({ minutes: 10, fleetChanges: true, ...change });

test.each<[Partial<ExploreOptions>, string]>([
  [{ from: 3 }, '--seed <n> --from <n>'],
  [{ seed: 3, from: 100_001 }, '--from <n>, at most 100000'],
  [{ run: 'run-1', regression: 'memory-sessions' }, 'Leave one of them out.'],
])('refuses %j with the next command', (options, message) => {
  expect(() => checkOptions(given(options), local)).toThrow(HarnessError);
  expect(() => checkOptions(given(options), local)).toThrow(message);
});

test.each<Partial<ExploreOptions>>([
  {},
  { seed: 1, from: 3 },
  { seed: 1, from: 100_000 },
  { run: 'run-1' },
  { regression: 'memory-sessions' },
])('accepts %j', (options) => {
  expect(() => checkOptions(given(options), local)).not.toThrow();
});

test('an engine that cannot kill does the steps that change no fleet', () => {
  const weak = { name: 'local', capabilities: new Set(['store', 'authentik-control'] as const) } as const;
  expect(() => checkOptions(given({}), weak)).toThrow(CannotRunHere);
  expect(() => checkOptions(given({}), weak)).toThrow('--no-fleet-changes');
  expect(() => checkOptions(given({ fleetChanges: false }), weak)).not.toThrow();
  expect(() => checkOptions(given({ fleetChanges: false }), { ...weak, capabilities: new Set() })).toThrow(
    CannotRunHere,
  );
});
