import { expect, test } from 'vitest';
import { otherLanes, type Mark } from './timeline.ts';
import { testFailureOf as failureOf } from './failures.ts';

const testFailureOf = (...[test, timeline]: [Parameters<typeof failureOf>[0], Parameters<typeof failureOf>[1]]) =>
  failureOf(test, timeline, (reason) => reason === 'none' || reason === 'signed-out');
import { sampleMark, sampleOutcome } from './testing/samples.ts';

const outcome = sampleOutcome({ status: 'failed', message: 'Error: the page · Received: 503' });
const timelineOf = (marks: Mark[]) => ({
  ms: 1,
  marks,
  bands: [],
  leftOut: 0,
  hosts: ['operator.fleet.example', 'auth.fleet.example'],
});

test('what was expected and received is seen, whatever the matcher', () => {
  const message =
    'Error: how long it lives\n\nexpect(received).toBeGreaterThan(expected)\n\nExpected: > 1209540\nReceived:   1209500';
  expect(testFailureOf({ ...outcome, message }, undefined).saw).toBe(
    'how long it lives · Expected: > 1209540 · Received:   1209500',
  );
  const diff =
    'Error: pods\n\nexpect(received).toEqual(expected)\n\n- Expected  - 1\n+ Received  + 1\n\n  Array [\n-   "a",\n+   "b",\n  ]';
  expect(testFailureOf({ ...outcome, message: diff }, undefined).saw).toBe('pods · -   "a", · +   "b",');
  const unnamed = testFailureOf({ ...outcome, message: diff.replace('pods\n\n', '') }, undefined);
  expect(unnamed.saw).toBe('expect(received).toEqual(expected) · -   "a", · +   "b",');
});

test('an error of a page is what was seen, before any request', () => {
  const message =
    'Error: A page wrote an error that the test does not expect: TypeError: x on https://operator.fleet.example/';
  const marks = [mark('/api/me', 502)];
  expect(testFailureOf({ ...outcome, message }, timelineOf(marks)).kind).toBe(
    'A page wrote an error that the test does not expect: TypeError: x',
  );
});

test('a refusal that is right is no evidence, unless the message is about its status', () => {
  const marks = [mark('/api/me', 401, { reason: 'signed-out' }), mark('/', 302, { reason: 'none' })];
  const timeline = timelineOf(marks);
  expect(testFailureOf(outcome, timeline)).toMatchObject({ evidence: [], by: [] });
  const wanted = { ...outcome, message: 'Error: the old cookie\n\nExpected: 401\nReceived: 200' };
  expect(testFailureOf(wanted, timeline), 'it is what was expected').toMatchObject({ evidence: [], by: [] });
  const about = testFailureOf({ ...outcome, message: 'Error: the old cookie\n\nReceived: 401' }, timeline);
  expect(about).toMatchObject({ kind: '401, session signed-out, from operator.fleet.example', by: ['operator-a'] });
});

test('a redirect to a host of the fleet that nothing followed is none', () => {
  expect(
    evidenceOf(mark('/auth/oidc/login', 302, { location: 'auth.fleet.example/application/o/authorize/' })),
  ).toEqual([]);
});

test('the request of which the message speaks comes before a later one', () => {
  const marks = [mark('/api/me', 401, { reason: 'missing' }), mark('/api/users', 502)];
  const message = 'Error: the API\n\nExpected: 200\nReceived: 401';
  expect(testFailureOf({ ...outcome, message }, timelineOf(marks)).kind).toContain('session missing');
});

test('a request that the message is not about does not say what kind of failure it is', () => {
  const marks = [
    mark('/api/tenants', 401, { reason: 'unsealed' }),
    mark('/', 0, { host: 'unnamed.invalid', lane: otherLanes.outside }),
  ];
  const message = 'Error: storage · Expected: 403 · Received: 200';
  expect(testFailureOf({ ...outcome, message }, timelineOf(marks))).toMatchObject({ kind: 'storage', by: [] });
});

test('a redirect to where the page is says what kind of failure it is', () => {
  const marks = [mark('/users', 302, { session: 'a1', reason: 'missing', location: 'operator.fleet.example/sign-in' })];
  const message = 'Error: the page\n\nReceived: "https://operator.fleet.example/sign-in?failed=ended"';
  expect(testFailureOf({ ...outcome, message }, timelineOf(marks)).kind).toBe(
    '302, session missing, to operator.fleet.example/sign-in, from operator.fleet.example',
  );
});

test('every pod that answered so is named', () => {
  const marks = [mark('/api/me', 503), mark('/api/me', 503, { lane: 'operator-b' })];
  expect(testFailureOf(outcome, timelineOf(marks)).by.toSorted()).toEqual(['operator-a', 'operator-b']);
});

test('a harness fault after the assertion is reported behind it', () => {
  const slow = { ...outcome, harnessFault: 'HarnessError: http://127.0.0.1:9000 is too slow for this test.' };
  const { saw, message, kind } = testFailureOf(slow, undefined);
  expect(kind).toBe('the harness failed');
  expect(saw).toMatch(/^the page .*; then HarnessError: .*is too slow for this test/);
  expect(message).toContain(outcome.message);
});

const mark = (path: string, status: number, more: Partial<Mark> = {}): Mark =>
  sampleMark({ path, status, session: '', ...more });
const evidenceOf = (...marks: Mark[]): string[] => testFailureOf(outcome, timelineOf(marks)).evidence;
const refused = 'GET operator.fleet.example/users was answered 302 by operator-a (1.0.0), at 0.0 s';

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
  expect(evidenceOf(...marks, mark('/', 200))).toEqual([]);
});

test('a sign-out that leads to a host where the test has not been is the first evidence, and names it', () => {
  const marks = [
    mark('/application/o/authorize/', 302, { host: 'auth.fleet.example', lane: 'authentik-x' }),
    mark('/api/me', 401, { reason: 'missing' }),
    mark('/auth/oidc/logout', 303, { method: 'POST', location: 'auth.fleet.local/flows/-/cancel/' }),
  ];
  const { evidence, kind } = testFailureOf(outcome, timelineOf(marks));
  expect(evidence[0]).toBe(
    'POST operator.fleet.example/auth/oidc/logout was answered 303 by operator-a (1.0.0): to auth.fleet.local/flows/-/cancel/, at 0.0 s',
  );
  expect(evidence[1]).toContain('was answered 401 by operator-a (1.0.0): session missing');
  expect(kind).toBe('303, to auth.fleet.local/flows/-/cancel/, from operator.fleet.example');
});
