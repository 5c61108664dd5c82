import { expect, test } from 'vitest';
import { regressionOf } from '../../fixtures/regressions/regression.ts';
import type { TestOutcome } from './outcome.ts';
import { causesOf } from './causes.ts';
import { commandsFor, quoted } from './commands.ts';

const spec = 'session/a.spec.ts';
const fault = (name: string, pattern: RegExp) =>
  regressionOf('sessions', name, {
    title: name,
    explanation: name,
    change: {},
    caughtBy: { [spec]: pattern },
  });
const outcome = (message: string, ...tags: string[]): TestOutcome => ({
  spec,
  title: 'operator: a title',
  line: 1,
  tags,
  status: message === '' ? 'passed' : 'failed',
  endedAt: 0,
  message,
  from: 'test',
  at: [],
});
const namesOf = (causes: ReadonlyArray<{ regression: string }>) => causes.map(({ regression: name }) => name);

const memory = fault('memory', /failed: .*401/);
const secret = fault('secret', /failed: .*401/);
const outage = fault('outage', /failed: .*503/);

test('of regressions that fit a message, the one that explains the whole run comes first', () => {
  const red = outcome('2 of 4 failed: 2 x 401', 'memory', 'secret', 'outage');
  const run = [red, outcome('1 of 4 failed: 1 x 401', 'memory'), outcome('', 'secret')];
  const causes = causesOf(red, run, [secret, memory, outage]);
  expect(namesOf(causes)).toEqual(['memory', 'secret']);
  expect(causes[0]).toMatchObject({ explained: 2, claimed: 2 });
  expect(causes[1]).toMatchObject({ explained: 1, claimed: 2 });
});

test('a regression that other tests show explains a test that does not claim it', () => {
  const red = outcome('2 of 4 failed: 2 x 503', 'memory');
  const other = outcome('1 of 4 failed: 1 x 503', 'outage');
  expect(namesOf(causesOf(red, [red, other], [memory, outage]))).toEqual(['outage']);
});

test('a regression whose pattern does not fit is no cause, though the test claims it', () => {
  const red = outcome('2 of 4 failed: 2 x 503', 'memory');
  expect(namesOf(causesOf(red, [red], [memory, outage]))).toEqual([]);
});

test('commands are quoted, and their pattern matches the title as Playwright joins it', () => {
  const [command = ''] = commandsFor({ spec, title: `operator: the "key" is gone (it's over): at once` }, []);
  expect(command).toMatch(/^npm run e2e -- session\/a\.spec\.ts --grep '/);
  const pattern = command.slice(command.indexOf("'") + 1, -1).replaceAll(String.raw`'\''`, "'");
  expect(`operator the "key" is gone (it's over): at once`).toMatch(new RegExp(pattern));
  expect(quoted('plain-word.ts')).toBe('plain-word.ts');
});

test('the command has the engine and the Authentik of the run', () => {
  const [command] = commandsFor({ spec, title: 'operator' }, [], ['--engine', 'k3s', '--authentik', '2025.12.4']);
  expect(command).toBe('npm run e2e -- session/a.spec.ts --grep operator --engine k3s --authentik 2025.12.4');
});
