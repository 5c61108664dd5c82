import { expect, test } from 'vitest';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import { regressionOf } from '../../fixtures/regressions/regression.ts';
import { causesOf } from './causes.ts';
import { quoted } from '../../fleet/quoted.ts';
import { commandsFor } from './commands.ts';
import { sampleOutcome } from './testing/samples.ts';

const spec = 'session/a.spec.ts';
const fault = (name: string, pattern: RegExp) =>
  regressionOf('sessions', name, {
    title: name,
    explanation: name,
    change: {},
    caughtBy: { 'session/a': pattern },
  });
const outcome = (message: string, ...tags: string[]) =>
  sampleOutcome({ tags, status: message === '' ? 'passed' : 'failed', message });
const namesOf = (causes: ReadonlyArray<{ regression: string }>) => causes.map(({ regression: name }) => name);
const causesIn = (run: Parameters<typeof causesOf>[0], ...known: Array<ReturnType<typeof fault>>) =>
  namesOf(causesOf(run, known, new Set()));

const memory = fault('memory', /failed: .*401/);
const secret = fault('secret', /failed: .*401/);
const outage = fault('outage', /failed: .*503/);

test('a regression that fits the failures of a run, and whose tests failed so, explains it', () => {
  const run = [outcome('2 of 4 failed: 2 x 401', 'memory', 'secret'), outcome('1 of 4 failed: 1 x 401', 'memory')];
  const causes = causesOf([...run, outcome('', 'secret')], [secret, memory, outage], new Set());
  expect(namesOf(causes), 'secret: one of its tests passed').toEqual(['memory']);
  expect(causes[0]).toMatchObject({ failures: 2, explained: 2, claimed: 2 });
});

test('it explains tests that do not claim it, when the pods gave its reason', () => {
  const run = [outcome('2 of 4 failed: 2 x 503', 'memory'), outcome('1 of 4 failed: 1 x 503', 'outage')];
  const said = new Set(['store-unavailable']);
  expect(namesOf(causesOf(run, [memory, { ...outage, reason: 'store-unavailable' }], said))).toEqual(['outage']);
  expect(namesOf(causesOf(run, [memory, outage], said)), 'without a reason of its own').toEqual([]);
});

test('a test that claims a regression and passed contradicts it', () => {
  const claimed = Array.from({ length: 9 }, () => outcome('2 of 4 failed: 2 x 401', 'memory'));
  expect(causesIn(claimed, memory)).toEqual(['memory']);
  expect(causesIn([...claimed, outcome('', 'memory')], memory)).toEqual([]);
});

test('none is named when its pattern fits less than 80 % of the failures, though all of its tests failed so', () => {
  const claimed = [outcome('2 of 4 failed: 2 x 401', 'memory'), outcome('1 of 4 failed: 1 x 401', 'memory')];
  expect(causesIn([...claimed, outcome('where the sign-out leads')], memory)).toEqual([]);
});

test('a regression whose pattern does not fit is no cause, though the test claims it', () => {
  expect(causesIn([outcome('2 of 4 failed: 2 x 503', 'memory')], memory, outage)).toEqual([]);
});

test('a status alone does not make a refused access token of tests that claim something else', () => {
  const refused = (...tags: string[]) =>
    sampleOutcome({
      spec: 'session/key-rotation.spec.ts',
      status: 'failed',
      message: 'Error: with a token of the new key, rotation 2, on portal-a\n\nExpected: 200\nReceived: 401',
      tags,
    });
  const run = [
    refused('jwks-cooldown-too-long'),
    refused('jwks-cooldown-too-long'),
    refused('refused-token-not-renewed', 'refused-token-ends-session'),
  ];
  expect(namesOf(causesOf(run, regressions(), new Set(['unreadable'])))).toEqual([]);
});

test('what the pods say rules out a regression for which they give another reason', () => {
  const run = [outcome('2 of 4 failed: 2 x 401', 'memory', 'secret')];
  const both = [
    { ...memory, reason: 'missing' },
    { ...secret, reason: 'unsealed' },
  ] as const;
  expect(namesOf(causesOf(run, both, new Set(['missing', 'none'])))).toEqual(['memory']);
  expect(namesOf(causesOf(run, both, new Set(['unsealed'])))).toEqual(['secret']);
  expect(namesOf(causesOf(run, both, new Set())), 'of a build that gives no reasons').toEqual(['memory', 'secret']);
});

test('failures of the harness have no cause, and do not count', () => {
  const slow = { ...outcome('2 of 4 failed: 2 x 401', 'memory'), harnessFault: 'HarnessError: too slow' };
  expect(causesIn([slow], memory)).toEqual([]);
  expect(causesIn([slow, outcome('2 of 4 failed: 2 x 503', 'outage')], memory, outage)).toEqual(['outage']);
});

test('commands are quoted, and their pattern matches the title as Playwright joins it', () => {
  const [command = ''] = commandsFor({ spec, title: `operator: the "key" is gone (it's over): at once` });
  expect(command).toMatch(/^npm run e2e -- session\/a\.spec\.ts --grep '/);
  const pattern = command.slice(command.indexOf("'") + 1, -1).replaceAll(String.raw`'\''`, "'");
  expect(`operator the "key" is gone (it's over): at once`).toMatch(new RegExp(pattern));
  expect(quoted('plain-word.ts')).toBe('plain-word.ts');
});

test('the command has the engine and the Authentik of the run', () => {
  const [command] = commandsFor({ spec, title: 'operator' }, ['--engine', 'k3s', '--authentik', '2025.12.4']);
  expect(command).toBe('npm run e2e -- session/a.spec.ts --grep operator --engine k3s --authentik 2025.12.4');
});
