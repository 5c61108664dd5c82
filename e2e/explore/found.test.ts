import { existsSync, mkdirSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'acorn';
import { transform } from 'esbuild';
import { check } from 'prettier';
import { expect, test, vi } from 'vitest';
import { HarnessError } from '../../fleet/errors.ts';
import { describeFound, reportFound } from './found.ts';
import type { FoundSequence } from './search.ts';
import type { ExploreStep } from './step.ts';

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
  const options = { fleetChanges: false, regression: 'logout-keeps-key' };
  await reportFound(found, { seed: 7, options }, folder.path);

  const spec = readFileSync(join(folder.path, 'e2e/found/seed-7-3-logout-keeps-key.spec.ts'), 'utf8');
  expect(await check(spec, { parser: 'typescript', printWidth: 120, singleQuote: true })).toBe(true);
  const { code } = await transform(spec, { loader: 'ts' });
  expect(() => parse(code, { ecmaVersion: 'latest', sourceType: 'module' })).not.toThrow();
  const [, written = ''] = /replay\([^[]*(\[[^]*\])\)/.exec(code) ?? [];
  expect(new Function(`return ${written}`)()).toEqual(steps);
  expect(existsSync(join(folder.path, 'reports/explore/seed-7-3-logout-keeps-key.spec.ts'))).toBe(true);

  const text = log.mock.calls.join('\n');
  expect(text).toContain('Found after 12.4 s, in a sequence of 4 steps; 2 are left after 2.6 s of shrinking:');
  expect(text).toContain('1. anna signs in to portal on the laptop');
  expect(text).toContain('npm run explore -- --seed 7 --from 3 --regression logout-keeps-key --no-fleet-changes');
});

test('a failure that does not come again, and shrinking that ends early, are said', () => {
  expect(describeFound({ ...found, shortest: undefined })).toContain('depends on timing');
  const fault = new Error('SIGINT came.');
  expect(describeFound({ ...found, fault })).toContain('2 are left after 2.6 s of shrinking, which ended early:');
  expect(describeFound({ ...found, fault, shortest: undefined })).toContain(
    'in a sequence of 4 steps. Shrinking ended before it was played again:',
  );
});

test('the steps are printed even when the files cannot be written', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dezky-explore-'));
  mkdirSync(join(folder.path, 'e2e'));
  writeFileSync(join(folder.path, 'e2e/found'), 'a file');
  using log = vi.spyOn(console, 'log').mockImplementation(() => {});
  const written = reportFound(found, { seed: 7, options: { fleetChanges: true } }, folder.path);
  await expect(written).rejects.toThrow(HarnessError);
  await expect(written).rejects.toThrow('e2e/found/seed-7-3.spec.ts cannot be written: EEXIST');
  expect(log).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('1. anna signs in to portal on the laptop'));
});
