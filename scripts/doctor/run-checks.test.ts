import { createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { forEachApp } from '../../apps/environment/apps.ts';
import { checks } from '../../e2e/probes/checks/all.ts';
import { CheckFailed, type Check } from '../../e2e/probes/check.ts';
import { checkContext } from '../../e2e/probes/checks/app-check.ts';
import type { SmokeTarget } from '../../e2e/probes/target.ts';
import { Slow } from '../../e2e/probes/rules/in-time.ts';
import { Unreachable } from '../../fleet/engines/live/unreachable.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { listening } from '../../fleet/testing.ts';
import { exitCodeOf, runChecks } from './run-checks.ts';

const printed: string[] = [];
vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));

const { signal } = new AbortController();
const checkThat = (title: string, run: Check<null>['run']): Check<null> => ({ of: 'operator', title, run });
const passes = checkThat('passes', () => Promise.resolve({ saw: 'all', faults: [] }));
const fails = checkThat('fails', () => Promise.resolve({ saw: 'less', faults: ['It is wrong: look there.'] }));
const ends = checkThat('ends early', () => Promise.reject(new CheckFailed('Nothing is there.')));
const hangs = checkThat('hangs', () => new Promise(() => {}));
const skipped: Check<null> = { ...passes, title: 'is not asked', skips: () => 'only with a test user' };
const run = (list: ReadonlyArray<Check<null>>, options: Partial<Parameters<typeof runChecks>[2]> = {}) =>
  runChecks(list, null, { budget: 60_000, signal, ...options });

test.each<[code: number, list: Array<Check<null>>]>([
  [0, [passes, skipped]],
  [1, [passes, fails]],
  [1, [hangs, { ...ends, of: 'portal' }]],
  [2, [passes, hangs]],
  [77, [skipped]],
])('the exit code is %i for %j', async (code, list) => {
  expect(exitCodeOf(await run(list, { budget: 200 }))).toBe(code);
});

test('the results are in the order of the checks, and each fault is said once at the end', async () => {
  printed.length = 0;
  const slow = checkThat('is slow', async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { saw: '', faults: [] };
  });
  const records = await run([slow, passes, fails, { ...fails, of: 'portal' }]);
  expect(records.map(({ check, status }) => `${check}: ${status}`)).toEqual([
    'is slow: passed',
    'passes: passed',
    'fails: failed',
    'fails: failed',
  ]);
  expect(printed.slice(-2)).toEqual([
    expect.stringMatching(/It is wrong: look there\.$/),
    '2 passed, 2 failed, 0 skipped',
  ]);
});

test('a check that breaks costs only itself', async () => {
  const broken = checkThat('breaks', () => Promise.reject(new TypeError('bug')));
  const records = await run([broken, passes, fails]);
  expect(records.map(({ status }) => status)).toEqual(['not checked', 'passed', 'failed']);
  expect(records[0]?.says.join()).toContain('TypeError: bug');
  expect(exitCodeOf(records)).toBe(1);
});

test('the checks of a host run one after the other', async () => {
  let running = 0;
  const alone = checkThat('is alone', async () => {
    running += 1;
    await new Promise((resolve) => setTimeout(resolve, 10));
    const faults = running > 1 ? ['Another runs.'] : [];
    running -= 1;
    return { saw: '', faults };
  });
  expect((await run([alone, { ...alone, title: 'is alone, too' }])).flatMap(({ says }) => says)).toEqual([]);
});

test('after an answer that is too late a host is asked no more', async () => {
  const cause = new DOMException('', 'TimeoutError');
  const late = checkThat('is late', () =>
    Promise.reject(new Unreachable('https://operator.example/', cause, { timeout: 10, took: 12, pod: 'pod-b' })),
  );
  const records = await run([late, hangs, hangs, { ...passes, of: 'portal' }]);
  expect(records.map(({ status }) => status)).toEqual(['failed', 'not checked', 'not checked', 'passed']);
  expect(records[0]?.says.join()).toContain('by pod-b');
  expect(printed.filter((line) => line.startsWith('? After the first'))).toHaveLength(1);
  expect(exitCodeOf(records)).toBe(1);
});

test('after answers that are too slow a host is asked no more', async () => {
  const slow = checkThat('is slow', () => Promise.reject(new Slow('slow: look there.')));
  const records = await run([slow, hangs]);
  expect(records.map(({ status }) => status)).toEqual(['failed', 'not checked']);
});

test('what the harness cannot do ends all', async () => {
  const refused = checkThat('is refused', () => Promise.reject(new HarnessError('no proxy')));
  await expect(run([refused, hangs])).rejects.toThrow('no proxy');
  await expect(run([passes], { grep: 'none' })).rejects.toThrow(HarnessError);
  await expect(run([hangs], { signal: AbortSignal.abort(new Error('Ctrl-C')) })).rejects.toThrow('Ctrl-C');
});

test('no result has a secret or a control character', async () => {
  const tells = checkThat('tells', () =>
    Promise.resolve({ saw: 'pass-word', faults: ['\u001b[2Jpass-word\n::error::'] }),
  );
  const [record] = await run([tells], { secrets: ['pass-word'] });
  expect(record).toMatchObject({ saw: '[redacted]', says: ['[redacted] ::error::'] });
});

test('hosts that hang end in time, and are no verdict', async () => {
  const sockets = new Set<Socket>();
  const port = await listening(createServer((socket) => sockets.add(socket.on('error', () => {}))));
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
  const own = `https://127.0.0.1:${port}`;
  const target: SmokeTarget = {
    urls: { ...forEachApp(() => own), auth: own },
    pods: 1,
    wait: 0,
    budget: 1_000,
    authorize: false,
  };
  const records = await runChecks(checks, checkContext(target, undefined), { budget: target.budget, signal });
  expect(new Set(records.map(({ status }) => status))).toEqual(new Set(['not checked', 'skipped']));
});
