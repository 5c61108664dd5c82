import { existsSync, mkdtempDisposableSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'acorn';
import { check } from 'prettier';
import { expect, test } from 'vitest';
import { transform } from 'esbuild';
import type { Step } from '../../e2e/explore/step.ts';
import { describeFound, describeProgress } from './describe.ts';
import { writeFound } from './found-files.ts';
import { patternOf } from './spec-source.ts';
import type { Found } from './search.ts';

const steps: Step[] = [
  { do: 'sign in', browser: 'laptop', app: 'portal', person: 'anna' },
  { do: 'sign out', browser: 'laptop', app: 'portal', pod: 1 },
];
const message = "anna's session: GET /api/me was answered 200 by portal-2zbzjwt7m-7ns7p (1.0.0); wanted refused.";
const found: Found = {
  first: { steps: [...steps, ...steps], message: 'as it was found' },
  shortest: { steps, message },
  foundAfter: 12.4,
  number: 3,
  shrunkIn: 2.6,
};

test('what is found becomes a spec and a stub of a regression', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dezky-explore-'));
  const options = { fleetChanges: false, regression: 'logout-keeps-key' };
  const files = await writeFound(found, { seed: 7, options }, folder.path);
  expect(files).toMatchObject({
    spec: 'e2e/found/seed-7-logout-keeps-key.spec.ts',
    filter: 'found/seed-7-logout-keeps-key.spec.ts',
    options: ' --regression logout-keeps-key --no-fleet-changes',
  });

  const spec = readFileSync(join(folder.path, files.spec), 'utf8');
  expect(await check(spec, { parser: 'typescript', printWidth: 120, singleQuote: true })).toBe(true);
  const { code } = await transform(spec, { loader: 'ts' });
  expect(() => parse(code, { ecmaVersion: 'latest', sourceType: 'module' })).not.toThrow();
  const [, written = ''] = /replay\([^[]*(\[[^]*\])\)/.exec(code) ?? [];
  expect(new Function(`return ${written}`)()).toEqual(steps);
  expect(existsSync(join(folder.path, 'reports/explore/seed-7-logout-keeps-key/sequence.spec.ts'))).toBe(true);

  const stub = readFileSync(join(folder.path, files.stub), 'utf8');
  expect(stub).toMatch(new RegExp(`'${files.filter}':\\s+/`));
  expect(stub).toContain('was answered 200 by');

  const text = describeFound(found, { seed: 7, files });
  expect(text).toContain('Found after 12.4 s, in a sequence of 4 steps; 2 are left after 2.6 s of shrinking:');
  expect(text).toContain('1. anna signs in to portal on the laptop');
  expect(text).toContain(`npm run explore -- --seed 7 --from 3${files.options}`);
});

test('a failure that does not come again is written as it was found', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dezky-explore-'));
  const files = await writeFound(
    { ...found, shortest: undefined },
    { seed: 7, options: { fleetChanges: true } },
    folder.path,
  );
  const spec = readFileSync(join(folder.path, files.spec), 'utf8');
  expect(spec.match(/do: 'sign in'/g)).toHaveLength(2);
  expect(spec).toContain('as it was found');
  expect(describeFound({ ...found, shortest: undefined }, { seed: 7, files })).toContain('depends on timing');
});

test('the pattern of a stub fits the same message from another pod, and no other message', () => {
  const pattern = new RegExp(patternOf(message));
  expect(message).toMatch(pattern);
  expect(message.replace('7ns7p', 'abcde')).toMatch(pattern);
  expect(message.replace('200', '401')).not.toMatch(pattern);
});

test('a line of progress has the rate of the quick sequences', () => {
  const progress = { sequences: 4, steps: 120, quick: { steps: 100, seconds: 5 } };
  expect(describeProgress(progress, 20)).toBe(
    '20.0 s: 4 sequences, 120 steps; 20.0 steps/s in those without slow steps',
  );
});
