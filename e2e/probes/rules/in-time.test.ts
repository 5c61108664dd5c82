import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { inTime, lateSteps, Slow } from './in-time.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] }));
afterEach(() => void vi.useRealTimers());

const url = 'https://app.example/ready';

/** Answers, in turn, of these pods after these milliseconds. */
function asked(...answers: ReadonlyArray<readonly [took: number, pod?: string]>) {
  let count = 0;
  const ended = inTime(async () => {
    const [took, pod] = answers[count++ % answers.length]!;
    await new Promise((resolve) => setTimeout(resolve, took));
    return { url, status: 200, headers: pod === undefined ? {} : { 'x-served-by': pod }, body: '' };
  }).then(
    ({ status }) => status,
    (error: unknown) => (error instanceof Slow ? error.message : error),
  );
  return vi.advanceTimersByTimeAsync(10_000).then(() => ended);
}

test.each([
  [
    'quick',
    [
      [10, 'app-a'],
      [20, 'app-b'],
    ],
  ],
  [
    'slow at first, as after a start',
    [
      [3_000, 'app-a'],
      [20, 'app-a'],
    ],
  ],
  ['of no name, and some slow', [[3_000], [20]]],
] as const)('answers that are %s are in time', async (_, answers) => {
  expect(await asked(...answers)).toBe(200);
});

test('a slow pod is named', async () => {
  expect(await asked([10, 'app-a'], [2_500, 'app-b'])).toBe(
    `app.example answers slowly (GET ${url}; the quickest of 6: 2.5 s by app-b): look at the log of app-b, at what it waits for and at its limit of CPU.`,
  );
});

test('when all are slow, it may be the way there', async () => {
  expect(await asked([2_500, 'app-a'], [4_000, 'app-b'])).toMatch(
    /2\.5 s by app-a, 4\.0 s by app-b\): .*the way there\.$/,
  );
  expect(await asked([2_500], [4_000])).toMatch(/the quickest of 6: 2\.5 s\): .*the way there\.$/);
});

test('of a sign-in, what was slow each time is named', () => {
  const step = (took: number, pod?: string, address = 'https://app.example/callback') => ({
    address,
    method: 'GET',
    pod,
    took,
  });
  const quick = [step(20, 'app-a'), step(30, 'app-a')];
  expect(lateSteps([...quick, step(4_000, 'app-b'), step(3_000, 'app-b')])).toEqual([
    expect.stringMatching(
      /^app\.example answers slowly \(GET https:\/\/app\.example\/callback; the quickest of 4: 3\.0 s by app-b\): .*log of app-b/,
    ),
  ]);
  // Once is no pattern.
  expect(lateSteps([...quick, step(4_000, 'app-b')])).toEqual([]);
  expect(lateSteps([...quick, step(4_000, 'app-b'), step(20, 'app-b')])).toEqual([]);
  const authorize = 'https://auth.example/authorize/';
  expect(lateSteps([step(3_500, undefined, authorize), step(3_600, undefined, authorize), ...quick])).toEqual([
    expect.stringContaining(`(GET ${authorize}; the quickest of 2: 3.5 s)`),
  ]);
});
