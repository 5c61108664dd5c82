import { expect, test } from 'vitest';
import { regressionOf } from '../../fixtures/regressions/regression.ts';
import type { TestOutcome } from './outcome.ts';
import type { Mark } from './timeline.ts';
import { failureOf } from './failures.ts';

const spec = 'session/a.spec.ts';
const outage = regressionOf('sessions', 'outage', {
  title: 'An outage',
  explanation: 'It is down.',
  change: {},
  caughtBy: { [spec]: /Received: 503/ },
});
const outcome: TestOutcome = {
  spec,
  title: 'operator: a title',
  line: 1,
  tags: ['outage'],
  status: 'failed',
  endedAt: 0,
  message: 'Error: the page · Received: 503',
  from: 'test',
  at: [],
};

test('a failure of the product has a likely cause', () => {
  const { isHarness, causes } = failureOf(outcome, undefined, [outcome], [outage]);
  expect({ isHarness, causes: causes.map(({ regression: name }) => name) }).toEqual({
    isHarness: false,
    causes: ['outage'],
  });
});

test('a harness fault after the first error is reported instead of it, without a likely cause', () => {
  const slow = { ...outcome, harnessFault: 'HarnessError: http://127.0.0.1:9000 is too slow for this test.' };
  const { isHarness, causes, saw, message } = failureOf(slow, undefined, [slow], [outage]);
  expect({ isHarness, causes }).toEqual({ isHarness: true, causes: [] });
  expect(saw).toContain('is too slow for this test');
  expect(message).toContain(outcome.message);
});

const mark = (path: string, status: number, more: Partial<Mark> = {}): Mark => ({
  at: 0,
  ms: 1,
  lane: 'operator-a',
  from: 'browser',
  method: 'GET',
  host: 'operator.dezky.example',
  path,
  status,
  revision: '1.0.0',
  reason: '',
  location: '',
  session: '',
  error: '',
  ...more,
});
const evidenceOf = (...marks: Mark[]): string[] =>
  failureOf(outcome, { marks, bands: [], leftOut: 0 }, [outcome], [outage]).evidence;
const refused = 'GET operator.dezky.example/users was answered 302 by operator-a (1.0.0), at 0.0 s';

test.each([
  ['with a session', [mark('/users', 302, { session: 'a1' })]],
  ['after a sign-in', [mark('/auth/oidc/callback', 302), mark('/users', 302)]],
])('a page that sends a person %s to the sign-in page is evidence, with its pod', (_, marks) => {
  expect(evidenceOf(...marks, mark('/sign-in', 200, { lane: 'operator-b' }))).toEqual([refused]);
});

test.each([
  ['a stranger', [mark('/users', 302)]],
  [
    'who has signed out',
    [mark('/auth/oidc/callback', 302), mark('/auth/oidc/logout', 302, { method: 'POST' }), mark('/users', 302)],
  ],
  ['at the sign-in page', [mark('/auth/oidc/callback', 302), mark('/sign-in', 302)]],
])('a redirect of somebody %s is none', (_, marks) => {
  expect(evidenceOf(...marks, mark('/', 200))).toEqual([
    'GET operator.dezky.example/ was answered 200 by operator-a (1.0.0)',
  ]);
});
