import { expect, test } from 'vitest';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import { regressionOf } from '../../fixtures/regressions/regression.ts';
import { causesOf } from './causes.ts';
import { quoted } from '../../fleet/quoted.ts';
import { commandsFor } from './commands.ts';
import type { TestOutcome } from './outcome.ts';
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

const memory = fault('memory', /failed: .*401/);
const secret = fault('secret', /failed: .*401/);
const outage = fault('outage', /failed: .*503/);
const [missing, unsealed, unavailable] = [
  { ...memory, reason: 'missing' },
  { ...secret, reason: 'unsealed' },
  { ...outage, reason: 'store-unavailable' },
] as const;

const twoRefused = [outcome('2 of 4 failed: 2 x 401', 'memory', 'secret'), outcome('1 failed: 1 x 401', 'memory')];
const oneOfEach = [outcome('2 of 4 failed: 2 x 503', 'memory'), outcome('1 of 4 failed: 1 x 503', 'outage')];
const slow = { ...outcome('2 of 4 failed: 2 x 401', 'memory'), harnessFault: 'HarnessError: too slow' };

test.each<[string, TestOutcome[], Array<ReturnType<typeof fault>>, string[], string[]]>([
  [
    'fits the failures, while a test of the other passed',
    [...twoRefused, outcome('', 'secret')],
    [secret, memory, outage],
    [],
    ['memory'],
  ],
  ['fits, and one of its tests passed', [...twoRefused, outcome('', 'memory')], [memory], [], []],
  ['fits less than 80 % of the failures', [...twoRefused, outcome('where the sign-out leads')], [memory], [], []],
  ['does not fit, though the test claims it', [outcome('2 of 4 failed: 2 x 503', 'memory')], [memory, outage], [], []],
  [
    'fits tests of others, and the pods gave its reason',
    oneOfEach,
    [memory, unavailable],
    ['store-unavailable'],
    ['outage'],
  ],
  ['fits tests of others, and has no reason', oneOfEach, [memory, outage], ['store-unavailable'], []],
  ['has the reason of the pods', twoRefused, [missing, unsealed], ['missing', 'none'], ['memory']],
  ['is one of two that fit, and the build gives no reasons', twoRefused, [missing, secret], [], ['memory']],
  ['fits a failure of the harness', [slow], [memory], [], []],
  [
    'fits beside a failure of the harness',
    [slow, outcome('2 failed: 2 x 503', 'outage')],
    [memory, outage],
    [],
    ['outage'],
  ],
])('the causes of a run, when a regression %s', (_what, run, known, said, names) => {
  expect(namesOf(causesOf(run, known, new Set(said)))).toEqual(names);
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
