import { expect, test } from 'vitest';
import { engineOf } from '../../fleet/engines/engines.ts';
import { CannotRunHere } from '../../fleet/errors.ts';
import { checkOptions, type ExploreOptions } from './explore.ts';

const local = engineOf('local');
const given = (change: Partial<ExploreOptions>): ExploreOptions => ({ minutes: 10, ...change });

test('the number of a sequence needs its seed', () => {
  expect(() => checkOptions(given({ from: 3 }), local)).toThrow('--seed <n> --from <n>');
  expect(() => checkOptions(given({ seed: 1, from: 3 }), local)).not.toThrow();
});

test('an engine that cannot kill pods is refused with another', () => {
  const weak = { name: 'cluster', capabilities: new Set(['store', 'authentik-control', 'rollout'] as const) } as const;
  expect(() => checkOptions(given({}), weak)).toThrow(CannotRunHere);
  expect(() => checkOptions(given({}), weak)).toThrow('The cluster engine cannot: kill. Use another: --engine local');
});
