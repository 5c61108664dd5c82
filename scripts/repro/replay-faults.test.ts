import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { regressionNamed } from '../../fixtures/regression.ts';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import { engineOf } from '../../fleet/product/fleet.ts';
import { causeSeen } from '../explain/cause-seen.ts';
import { dezkyStory as storyOf } from '../explain/dezky.ts';
import { signInOutcome, type ResponseOutcome } from '../explain/outcome.ts';
import { readRecording } from '../explain/read-recording.ts';
import { requestSentence } from '../explain/story.ts';
import { describeTimeline } from '../explain/command.ts';
import { callBy, exchanges, signInBy, type Short } from '../explain/testing/exchanges.ts';
import { firstWrongIn } from '../explain/timeline.ts';
import { replayPlanOf, type ReplayStep } from './player.ts';
import { agreementOf, faultsFor, isExact, replayFaults, replayRow, causeOf, type Agreement } from './replay-faults.ts';

const [a, b, c] = ['operator-1-a', 'operator-1-b', 'operator-2-c'];
const story = (...shorts: Short[]) => storyOf(exchanges(shorts));
const engine = engineOf('local');
const text = (step: ReplayStep): string =>
  step.do === 'request' ? `${requestSentence(step.request)} on pod ${step.pod}` : JSON.stringify(step);

test('a plan has the pods of the recording, the time that passes and the rollouts', () => {
  const released = story(signInBy(a), callBy(b, 1, 200), callBy(c, 400, 401, { revision: '2' }));
  expect(replayPlanOf(released).map(text)).toEqual([
    'sign in to operator on pod 0',
    'GET /api/me of operator on pod 1',
    '{"do":"time passes","seconds":399}',
    '{"do":"roll out","app":"operator","isRelease":true}',
    'GET /api/me of operator on pod 0',
  ]);
});

test('a request that an old pod answers beside new ones is left out', () => {
  const released = story(signInBy(a), callBy(c, 2, 200), callBy(a, 3, 200));
  expect(replayPlanOf(released)).toHaveLength(3);
});

test('of a recording that names no pods, refused requests are on another pod than the others', () => {
  const nameless = story(signInBy(''), ...[200, 401, 200].map((status, at) => callBy('', at + 1, status)));
  expect(replayPlanOf(nameless).map((step) => step.do === 'request' && step.pod)).toEqual([0, 0, 1, 0]);
});

test('a session that is lost is lost before all requests that run beside the first refused one', () => {
  const burst = story(signInBy(a), callBy(a, 2, 200, { ms: 90 }), callBy(b, 2.01, 401, { ms: 90 }));
  expect(replayPlanOf(burst, { losesSession: true }).map(({ do: what }) => what)).toEqual([
    'request',
    'lose the session',
    'request',
    'request',
  ]);
});

test('a replay agrees when each request is answered as recorded, concurrent ones in any order', () => {
  const burst = story(signInBy(a), callBy(a, 9, 401, { ms: 50 }), callBy(b, 9.01, 200, { ms: 50 }), callBy(a, 12, 200));
  const played = (...statuses: number[]) =>
    new Map<number, ResponseOutcome>([
      [0, signInOutcome(true)],
      ...statuses.map((status, index) => [index + 1, { status }] as const),
    ]);
  expect(isExact(agreementOf(burst, played(200, 401, 200)))).toBe(true);
  // One of two was refused, not both.
  expect(agreementOf(burst, played(401, 401, 200)).equal).toBe(3);
  expect(agreementOf(burst, played(401, 200, 401))).toEqual({
    equal: 3,
    of: 4,
    first: { index: 3, recorded: '200', replayed: '401' },
  });
});

const namesFor = (...shorts: Short[]) => faultsFor(story(...shorts), engine).map(({ name }) => name);
/** Those for a sign-in at Authentik and a sign-out that leads to a location. */
const namesForSignOut = (location: string) => {
  const host = 'https://operator.dezky.example/auth/oidc';
  return namesFor(
    { at: 0, url: `${host}/login`, status: 302, location: 'https://auth.dezky.example/application/o/authorize/' },
    signInBy(a, 1),
    { at: 2, method: 'POST', url: `${host}/logout`, status: 303, location },
  );
};

test('the faults that are tried need what the recording shows', () => {
  const lost = namesFor(signInBy(a), callBy(b, 1, 401));
  expect(lost).toContain('memory-sessions');
  expect(lost).not.toContain('refresh-lock-off');
  const burst = [callBy(a, 400, 200, { ms: 90 }), callBy(b, 400.01, 401, { ms: 90 })];
  expect(namesFor(signInBy(a), ...burst)).toContain('refresh-lock-off');
  const elsewhere = namesForSignOut('https://auth.dezky.local/application/o/operator/end-session/');
  expect(elsewhere).toContain('dev-end-session');
  expect(elsewhere).not.toContain('memory-sessions');
  // Of the other app.
  expect(elsewhere).not.toContain('other-slug-end-session');
});

test('a fault that the catalogue does not have is refused before a fleet starts', async () => {
  const idle = { ...engine, up: () => Promise.reject(new Error('A fleet was started.')) };
  const refused = story(signInBy(a), callBy(b, 1, 401));
  await expect(replayFaults(refused, { engine: idle, faults: ['memory-sesions'] })).rejects.toThrow(
    'There is no regression "memory-sesions". Did you mean memory-sessions?',
  );
});

const [fault, rival] = ['memory-sessions', 'per-pod-session-secret'].map((name) =>
  regressionNamed(name, regressions()),
);
const exact: Agreement = { equal: 5, of: 5 };
const differs: Agreement = { equal: 4, of: 5, first: { index: 2, recorded: '401', replayed: '200' } };
const [ofFault, ofRival] = [fault!, rival!].map((each) => ({ fault: each, agreement: exact }));
const inTurn = story(
  signInBy(a),
  ...[401, 200, 401, 200, 401, 200].map((status, at) => callBy(at % 2 ? a : b, at, status)),
);

test.each<[string, Partial<Parameters<typeof causeOf>[0]>, shown: boolean, faults: string[], says: string]>([
  [
    'a fleet with one fault of pods gives all responses',
    { faulty: [ofFault!, { fault: rival!, agreement: differs }] },
    true,
    ['memory-sessions'],
    'A fleet with memory-sessions gives all 5 responses of the recording',
  ],
  [
    'fleets with two faults of pods give all responses',
    { faulty: [ofFault!, ofRival!] },
    true,
    ['memory-sessions', 'per-pod-session-secret'],
    'Likely: the pods of operator differ in session secret',
  ],
  [
    'no fleet gives all responses',
    { faulty: [{ fault: fault!, agreement: differs }] },
    false,
    [],
    'The cause is unknown.\nNone of the 1 regressions that were replayed gives all responses',
  ],
  [
    'a session that is simply lost looks the same',
    { lost: exact, faulty: [ofFault!] },
    false,
    [],
    'The session was gone at the first refusal, and the recording does not show why.\nmemory-sessions would look the same',
  ],
  ['no fault is needed', { healthy: exact }, true, [], 'No fault is needed to explain it'],
])('the cause when %s', (_, changes, isReproduced, faults, says) => {
  const cause = causeOf({ healthy: differs, lost: differs, faulty: [], ...changes }, inTurn);
  expect(cause).toMatchObject({ isReproduced, faults });
  expect(cause.sentences.join('\n')).toContain(says);
});

test('the cause is unknown when the recording does not show that pods differ, something else took part, or its clock was set', () => {
  const once = story(signInBy(a), callBy(b, 1, 401));
  const unproven = causeOf({ healthy: differs, lost: differs, faulty: [ofFault!, ofRival!] }, once);
  expect(unproven).toMatchObject({ isReproduced: false, faults: [] });
  expect(unproven.sentences).toContain(
    'memory-sessions, per-pod-session-secret would look the same, and so may other losses of the session.',
  );
  const withoutPod = {
    ...inTurn,
    requests: [...inTurn.requests, { ...inTurn.requests[2]!, pod: undefined, outcome: { status: 403 } }],
  };
  expect(causeOf({ healthy: differs, lost: differs, faulty: [ofFault!] }, withoutPod).isReproduced).toBe(false);
  const unsure = causeOf({ healthy: exact, lost: differs, faulty: [] }, { ...once, isTimeUnsure: true });
  expect(unsure.isReproduced).toBe(false);
});

test('the time line has a column for each pod, and nothing secret of the recording is printed', () => {
  const cookie = '__Host-nuxt-oidc-auth=secret-cookie';
  const refused = story(
    signInBy(a),
    callBy(a, 1, 200, { cookie }),
    callBy(b, 2, 401, { cookie, url: 'https://operator.dezky.example/api/me?token=secret-token' }),
  );
  const printed = stripVTControlCharacters(
    [describeTimeline(refused), firstWrongIn(refused), replayRow('without a fault', differs, refused)].join('\n'),
  );
  expect(printed).toMatch(/ {2}2 +1\.0 s {2}GET \/api\/me of operator +200\n/);
  expect(printed).toMatch(/ {2}3 +2\.0 s {2}GET \/api\/me of operator {15,}401\n/);
  expect(printed).toContain(`First wrong response: 401 by ${b} to request 3, GET /api/me of operator.`);
  expect(printed).toMatch(/without a fault +4 of 5 +request 3 .*: recorded 401, replayed 200/);
  expect(printed + JSON.stringify(refused.requests)).not.toContain('secret');
});

test('a recording of Chromium on a fleet with sessions in memory shows which pod refuses', () => {
  const file = join(import.meta.dirname, '../explain/testing/memory-sessions.har');
  const recorded = storyOf(readRecording(file).exchanges);
  // Entries that somebody deleted look the same.
  expect(causeSeen(recorded).sentences.join('\n')).toMatch(
    /^The cause is unknown\.\n.*-hnv6x served 1 and refused 0, \S+-tgg52 served 0 and refused 1\./s,
  );
  // As a build that does not say why: then faults are replayed, after what was seen.
  const silent = { ...recorded, requests: recorded.requests.map(({ reason: _said, ...request }) => request) };
  expect(causeSeen(silent)).toMatchObject({ isWithoutReason: true });
  expect(faultsFor(silent, engine).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['memory-sessions', 'per-pod-session-secret']),
  );
});
