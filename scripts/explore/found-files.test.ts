import { existsSync, mkdirSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'acorn';
import { check } from 'prettier';
import { expect, test, vi } from 'vitest';
import { transform } from 'esbuild';
import type { Step } from '../../e2e/explore/step.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { describeFiles, describeFound, describeProgress } from './describe.ts';
import { writeFound } from './found-files.ts';
import { reportFound } from './report-found.ts';
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
    spec: 'e2e/found/seed-7-3-logout-keeps-key.spec.ts',
    filter: 'found/seed-7-3-logout-keeps-key.spec.ts',
    options: ' --regression logout-keeps-key --no-fleet-changes',
  });

  const spec = readFileSync(join(folder.path, files.spec), 'utf8');
  expect(await check(spec, { parser: 'typescript', printWidth: 120, singleQuote: true })).toBe(true);
  const { code } = await transform(spec, { loader: 'ts' });
  expect(() => parse(code, { ecmaVersion: 'latest', sourceType: 'module' })).not.toThrow();
  const [, written = ''] = /replay\([^[]*(\[[^]*\])\)/.exec(code) ?? [];
  expect(new Function(`return ${written}`)()).toEqual(steps);
  expect(existsSync(join(folder.path, 'reports/explore/seed-7-3-logout-keeps-key/sequence.spec.ts'))).toBe(true);

  const stub = readFileSync(join(folder.path, files.stub), 'utf8');
  expect(stub).toMatch(new RegExp(`'${files.filter}':\\s+/`));
  expect(stub).toContain('was answered 200 by');

  const text = describeFound(found);
  expect(text).toContain('Found after 12.4 s, in a sequence of 4 steps; 2 are left after 2.6 s of shrinking:');
  expect(text).toContain('1. anna signs in to portal on the laptop');
  expect(describeFiles(files, { seed: 7, number: 3 })).toContain(
    `npm run explore -- --seed 7 --from 3${files.options}`,
  );
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
  expect(describeFound({ ...found, shortest: undefined })).toContain('depends on timing');
});

test('what ends shrinking early is said', () => {
  const fault = new Error('SIGINT came.');
  expect(describeFound({ ...found, fault })).toContain('2 are left after 2.6 s of shrinking, which ended early:');
  expect(describeFound({ ...found, fault, shortest: undefined })).toContain(
    'in a sequence of 4 steps. Shrinking ended before it was played again:',
  );
});

test('two sequences of one seed do not overwrite each other', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dezky-explore-'));
  const context = { seed: 7, options: { fleetChanges: true } };
  const first = await writeFound(found, context, folder.path);
  const second = await writeFound({ ...found, number: 4 }, context, folder.path);
  expect(second.spec).not.toBe(first.spec);
  expect(second.stub).not.toBe(first.stub);
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
