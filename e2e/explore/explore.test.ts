import { mkdtempDisposableSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'acorn';
import { transform } from 'esbuild';
import { expect, test, vi } from 'vitest';
import { engineOf } from '../../fleet/product/fleet.ts';
import { CannotRunHere } from '../../fleet/errors.ts';
import { checkOptions, describeFound, reportFound, type ExploreOptions } from './explore.ts';
import type { FoundSequence } from './search.ts';
import type { ExploreStep } from './run-step.ts';

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

const steps: ExploreStep[] = [
  { do: 'sign in', browser: 'laptop', app: 'portal', person: 'anna' },
  { do: 'sign out', browser: 'laptop', app: 'portal', pod: 1 },
];
const message = "anna's session: GET /api/me was answered 200 by portal-2zbzjwt7m-7ns7p (1.0.0); wanted refused.";
const found: FoundSequence = {
  first: { steps: [...steps, ...steps], message: 'as it was found' },
  shortest: { steps, message },
  foundAfter: 12.4,
  number: 3,
  shrunkIn: 2.6,
};

test('what is found becomes a spec, and the commands that run it are printed', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dezky-explore-'));
  using log = vi.spyOn(console, 'log').mockImplementation(() => {});
  await reportFound(found, { seed: 7, regression: 'logout-keeps-key' }, folder.path);

  const spec = readFileSync(join(folder.path, 'e2e/found/seed-7-3-logout-keeps-key.spec.ts'), 'utf8');
  const { code } = await transform(spec, { loader: 'ts' });
  expect(() => parse(code, { ecmaVersion: 'latest', sourceType: 'module' })).not.toThrow();
  const [, written = ''] = /replay\([^[]*(\[[^]*\])\)/.exec(code) ?? [];
  expect(new Function(`return ${written}`)()).toEqual(steps);

  const text = log.mock.calls.join('\n');
  expect(text).toContain('Found after 12.4 s, in a sequence of 4 steps; 2 are left after 2.6 s of shrinking:');
  expect(text).toContain('1. anna signs in to portal on the laptop');
  expect(text).toContain('npm run prove -- explore --seed 7 --from 3 --regression logout-keeps-key');
});

test('a failure that does not come again depends on timing, unless shrinking was interrupted', () => {
  const once = { ...found, shortest: undefined };
  expect(describeFound(once)).toContain('depends on timing');
  expect(describeFound({ ...once, fault: new Error('SIGINT came.') })).toContain('in a sequence of 4 steps:');
});
