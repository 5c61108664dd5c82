import type { H3Event } from 'h3';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { metrics } from '../metrics/metrics.ts';
import { logNoSession, logSessionEnd, logSignIn } from './session-log.ts';
import { labelOf } from '../settings/session-keys.ts';

const event = { context: { requestId: 'request-1' } } as unknown as H3Event;
const lines: Array<Record<string, unknown>> = [];
let now = 1_000_000;

beforeEach(() => {
  now += 10_000;
  lines.length = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(JSON.parse(line)));
  vi.stubEnv('POD_NAME', 'portal-1');
  vi.stubEnv('REVISION', 'abc');
  vi.stubGlobal('useRuntimeConfig', () => ({ public: { app: { name: 'portal' } } }));
  for (const metric of Object.values(metrics)) metric.reset();
});
afterAll(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

const values = async (metric: keyof typeof metrics) =>
  (await metrics[metric].get()).values.map(({ labels, value }) => [Object.values(labels).join(), value]);

test('the end of a session is one line, with no id of the session and no name', async () => {
  logSessionEnd(event, { reason: 'idle', id: 'secret', names: ['sid:0123456789abcdef', 'sub:0123456789abcdef'] });
  expect(lines).toEqual([
    {
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      event: 'session-end',
      reason: 'idle',
      app: 'portal',
      pod: 'portal-1',
      revision: 'abc',
      requestId: 'request-1',
      session: labelOf('secret'),
      user: '0123456789ab',
    },
  ]);
  expect(await values('sessionEnds')).toEqual([['idle', 1]]);
});

test('what strangers can cause is counted, and is one line per second and reason', async () => {
  for (let request = 0; request < 5; request += 1) logNoSession(event, 'none');
  logNoSession(event, 'unsealed');
  now += 1000;
  logNoSession(event, 'none');
  expect(lines.map(({ reason, count }) => [reason, count])).toEqual([
    ['none', undefined],
    ['unsealed', undefined],
    ['none', 5],
  ]);
  expect(await values('refusals')).toEqual([
    ['none', 6],
    ['unsealed', 1],
  ]);
});

test('requests with the cookie of one lost session are one line per second', () => {
  for (let request = 0; request < 3; request += 1) logNoSession(event, 'missing', 'one');
  logNoSession(event, 'missing', 'two');
  expect(lines.map(({ event: kind, session }) => [kind, session])).toEqual([
    ['no-session', labelOf('one')],
    ['no-session', labelOf('two')],
  ]);
});

test('a sign-in is a line with its outcome; attempts that anybody can make are one per second', async () => {
  logSignIn(event, 'signed-in');
  logSignIn(event, 'signed-in');
  for (let attempt = 0; attempt < 3; attempt += 1) logSignIn(event, 'unfinished');
  for (let attempt = 0; attempt < 3; attempt += 1) logSignIn(event, 'cancelled');
  expect(lines.map(({ event: kind, outcome }) => [kind, outcome])).toEqual([
    ['sign-in', 'signed-in'],
    ['sign-in', 'signed-in'],
    ['sign-in', 'unfinished'],
    ['sign-in', 'cancelled'],
  ]);
  expect(await values('signIns')).toEqual([
    ['signed-in', 2],
    ['unfinished', 3],
    ['cancelled', 3],
  ]);
});
