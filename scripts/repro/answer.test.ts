import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { leaksIn } from '../../e2e/reporters/redact.ts';
import { regressionNamed } from '../../fixtures/regressions/catalogue.ts';
import { specSource } from './spec-source.ts';
import { describeAttempts, describeReasons, describeShortest, describeStory, describeVerdict } from './answer.ts';
import { attempt } from './attempt.ts';
import { reasonsFor } from './classify.ts';
import { signedIn } from '../../e2e/replays/outcome.ts';
import type { Plan } from '../../e2e/replays/plan.ts';
import { shortestOf } from './shortest.ts';
import { storyOf } from './story.ts';
import { callBy, exchanges, signInBy } from './testing/exchanges.ts';

const secrets = ['secret-code', 'secret-state', 'Fe26.2*secret', 'secret-cookie', 'secret-token', 'secret-hint'];
const [a, b] = ['operator-1-a', 'operator-1-b'];
const cookie = '__Host-nuxt-oidc-auth=secret-cookie';
const story = storyOf(
  exchanges([
    {
      at: 0,
      url: 'https://auth.dezky.example/application/o/authorize/?state=secret-state',
      status: 302,
      cookie: 'authentik_session=secret-cookie',
    },
    signInBy(a),
    callBy(a, 1, 200, { cookie }),
    callBy(b, 2, 401, { cookie, url: 'https://operator.dezky.example/api/me?token=secret-token' }),
    callBy(a, 3, 200, { cookie }),
    {
      at: 4,
      method: 'POST',
      url: 'https://operator.dezky.example/auth/oidc/logout',
      status: 303,
      location: 'https://auth.dezky.example/application/o/operator/end-session/?id_token_hint=secret-hint',
      pod: a,
    },
  ]),
);

/** @param refuses whether pod 1 refuses. */
const fleet = (refuses: boolean) => ({
  play: async ({ steps }: Plan) =>
    new Map(
      steps.flatMap((step) => {
        if (step.do !== 'request') return [];
        const { does, outcome } = step.request;
        return [
          [
            step.index,
            does === 'sign in' ? signedIn : does === 'sign out' ? outcome : step.pod === 1 && refuses ? '401' : '200',
          ],
        ];
      }),
    ),
});

const fault = await regressionNamed('memory-sessions');
const rival = await regressionNamed('per-pod-session-secret');
const options = { seed: 1, assumptions: [undefined] };
const healthy = await attempt(fleet(false), story, options);
const exact = await attempt(fleet(true), story, { ...options, fault });
const shortest = await shortestOf(exact.plan, story, fleet(true));
if (!shortest) throw new Error('The sequence of this test must be refused.');

test('the answer names request, pod and status, how well each fault fits, and the shortest sequence', () => {
  const found = { healthy, attempts: [exact], shortest };
  const text = stripVTControlCharacters(
    [describeStory(story), describeAttempts(found, story), describeShortest(found), describeVerdict(found, 1)].join(
      '\n',
    ),
  );
  expect(text).toContain(`First refused: request 3, GET /api/me of operator, after 2.0 s: 401 by ${b}. 1 request of`);
  expect(text).toMatch(
    /without a fault +4 of 5 +1 replay +request 3 \(GET \/api\/me of operator\): recorded 401, replayed 200/,
  );
  expect(text).toMatch(/memory-sessions +5 of 5/);
  expect(text).toContain('2. GET /api/me of operator, on pod 1: 401');
  expect(text).toContain('It does not occur on this code without a fault (seed 1, 1 replay).');
  expect(text).toContain('memory-sessions fits 5 of 5 requests; next best is without a fault, 4 of 5.');
});

test('faults that fit as well as the best are named', () => {
  const second = { ...exact, fault: rival };
  expect(stripVTControlCharacters(describeVerdict({ healthy, attempts: [exact, second] }, 1))).toContain(
    'memory-sessions fits 5 of 5 requests, and so does per-pod-session-secret: the recording cannot tell them apart.',
  );
});

test('a fault that does not refuse the request is no answer, and what this code does itself is told', () => {
  expect(describeVerdict({ healthy, attempts: [{ ...healthy, fault }] }, 1)).toContain(
    'No fault that was tried refuses that request',
  );
  expect(describeVerdict({ healthy, attempts: [] }, 1)).toContain('Try them: --faults all');
  expect(describeVerdict({ healthy: exact, attempts: [] }, 1)).toContain(
    'This code answers the same without any fault: see',
  );
  expect(describeVerdict({ healthy: { ...exact, hidden: 'a restart' }, attempts: [] }, 1)).toContain(
    'after a restart: that is how',
  );
});

test('nothing secret of a recording is printed or written', () => {
  const found = { healthy, attempts: [exact], shortest };
  const details = { title: 'refused', outcome: '401', toE2e: '..', conditions: [] };
  const all = [
    JSON.stringify(story),
    describeStory(story),
    describeReasons(reasonsFor(story)),
    describeAttempts(found, story),
    describeShortest(found),
    describeVerdict(found, 1),
    specSource(shortest.plan, details),
  ].join('\n');
  for (const secret of secrets) expect(all).not.toContain(secret);
  expect(leaksIn(all)).toEqual([]);
});
