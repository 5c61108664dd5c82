import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { regressionNamed } from '../../fixtures/regression.ts';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import { engineOf } from '../../fleet/product/fleet.ts';
import { causeSeen, seenBeside } from '../explain/cause-seen.ts';
import { dezkyStory as storyOf } from '../explain/dezky.ts';
import { signInOutcome, type ResponseOutcome } from '../explain/outcome.ts';
import { readHar } from '../explain/read-recording.ts';
import { requestSentence } from '../explain/story.ts';
import { describeTimeline } from '../explain/terminal.ts';
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
const replays = { healthy: differs, lost: differs };
const verdict = (
  changes: Partial<Parameters<typeof causeOf>[0]>,
  shown = story(signInBy(a), ...[401, 200, 401, 200, 401, 200].map((status, at) => callBy(at % 2 ? a : b, at, status))),
) => {
  const { isReproduced, faults, sentences, next } = causeOf({ ...replays, faulty: [], ...changes }, shown);
  return { isReproduced, faults, text: [...sentences, ...next].join('\n') };
};

test('a fault is named when a fleet with it gives all responses, and no other', () => {
  const one = verdict({
    faulty: [
      { fault: fault!, agreement: exact },
      { fault: rival!, agreement: differs },
    ],
  });
  expect(one).toMatchObject({ isReproduced: true, faults: ['memory-sessions'] });
  expect(one.text).toMatch(
    /^Likely: the pods of operator differ in session secret.*, or session store.*, or token key.*, or what is in front/,
  );
  expect(one.text).toContain('\nA fleet with memory-sessions gives all 5 responses of the recording');
  const two = {
    faulty: [
      { fault: fault!, agreement: exact },
      { fault: rival!, agreement: exact },
    ],
  };
  expect(verdict(two).text).toMatch(/^Likely: the pods of operator differ in session secret.*, or session store/);
  const unproven = verdict(two, story(signInBy(a), callBy(b, 1, 401)));
  expect(unproven).toMatchObject({ isReproduced: false, faults: [] });
  expect(unproven.text).toContain('memory-sessions, per-pod-session-secret would look the same');
});

test('a fault of an app that is not in the recording is not tried', () => {
  const names = namesForSignOut('/signed-out');
  expect(names).toContain('dev-end-session');
  expect(names).not.toContain('other-slug-end-session');
});

test('the cause is unknown when no fault gives all responses', () => {
  const none = verdict({ faulty: [{ fault: fault!, agreement: differs }] });
  expect(none).toMatchObject({ isReproduced: false, faults: [] });
  expect(none.text).toContain(
    'The cause is unknown.\nNone of the 1 regressions that were replayed gives all responses',
  );
  expect(none.text).toContain('What could, and how to see it:');
});

test('the cause is unknown when a session that is simply lost looks the same as the fault', () => {
  const lost = verdict({ lost: exact, faulty: [{ fault: fault!, agreement: exact }] });
  expect(lost).toMatchObject({ isReproduced: false, faults: [] });
  expect(lost.text).toContain('The session was gone at the first refusal, and the recording does not show why.');
  expect(lost.text).toContain('memory-sessions would look the same, and so would any other loss of the session.');
});

test('a refusal that this code gives as well is right when all responses agree, and otherwise what differs is told', () => {
  const right = verdict({ healthy: exact });
  expect(right).toMatchObject({ isReproduced: true, faults: [] });
  expect(right.text).toContain('No fault is needed to explain it');
  const later = verdict({});
  expect(later.isReproduced).toBe(false);
  expect(later.text).toContain(
    'This code answers request 2 in the same way without a fault, and differs only later, at request 3: recorded 401, replayed 200.',
  );
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
  const recorded = storyOf(readHar(join(import.meta.dirname, '../explain/testing/memory-sessions.har')).exchanges);
  const verdict = causeSeen(recorded);
  // Entries that somebody deleted look the same.
  expect(verdict?.sentences[0]).toBe('The cause is unknown.');
  expect(verdict?.sentences.join('\n')).toMatch(/Before it only \S+-hnv6x had served the user, and never \S+-tgg52/);
  // As a build that does not say why: then faults are replayed, after what was seen.
  const silent = { ...recorded, requests: recorded.requests.map(({ reason: _said, ...request }) => request) };
  expect(causeSeen(silent)).toBeUndefined();
  expect(seenBeside(silent)).toContain('It had the session cookie.');
  expect(faultsFor(silent, engine).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['memory-sessions', 'per-pod-session-secret']),
  );
});
