import { expect, test } from 'vitest';
import { assignmentsOf } from './assignments.ts';
import { attempt } from './attempt.ts';
import { fitOf, isExact } from './fit.ts';
import { assumptionsFor } from './investigate.ts';
import { signedIn, type Outcome } from '../../e2e/replays/outcome.ts';
import type { Plan, PlanStep } from '../../e2e/replays/plan.ts';
import { planOf } from './plan.ts';
import type { Played } from '../../e2e/replays/player.ts';
import { stepSentence } from '../../e2e/replays/sentences.ts';
import { shortestOf } from './shortest.ts';
import { specSource } from './spec-source.ts';
import { specPath } from './write-spec.ts';
import { storyOf } from './story.ts';
import { callBy, exchanges, signInBy, type Short } from './testing/exchanges.ts';

const [a, b, c] = ['operator-1-a', 'operator-1-b', 'operator-2-c'];
const story = (...shorts: Short[]) => storyOf(exchanges(shorts));
const sentences = ({ steps }: Plan): string[] => steps.map(stepSentence);
const anyPod = () => undefined;

/** A fleet on which every request is answered by a rule. */
const fleetWhere = (answer: (step: Extract<PlanStep, { do: 'request' }>, before: readonly PlanStep[]) => Outcome) => {
  const plans: Plan[] = [];
  return {
    plans,
    async play(plan: Plan): Promise<Played> {
      plans.push(plan);
      return new Map(
        plan.steps.flatMap((step, at): Array<[number, Outcome]> =>
          step.do === 'request' ? [[step.index, answer(step, plan.steps.slice(0, at))]] : [],
        ),
      );
    },
  };
};

/** Sessions in the memory of pod 0, where people sign in. */
const inMemory = fleetWhere(({ request: { does }, pod }) =>
  does === 'sign in' ? signedIn : pod === 1 ? '401' : '200',
);

const taking = story(signInBy(a), callBy(a, 1, 200), callBy(b, 2, 401), callBy(a, 3, 200), callBy(b, 4, 401));

test('the plan has the pods of the recording, time that passes and rollouts', () => {
  const released = story(signInBy(a), callBy(b, 1, 200), callBy(c, 400, 401, { revision: '2' }));
  const { podOf } = assignmentsOf(released, 1)[0]!;
  expect(sentences(planOf(released, podOf))).toEqual([
    'sign in to operator, on pod 0',
    'GET /api/me of operator, on pod 1',
    '6 min 39 s pass',
    'operator rolls out another build',
    'GET /api/me of operator, on pod 0',
  ]);
});

test('a request that an old pod answers beside new ones is left out', () => {
  const released = story(signInBy(a), callBy(c, 2, 200), callBy(a, 3, 200));
  expect(sentences(planOf(released, anyPod))).toEqual([
    'sign in to operator',
    'operator rolls out',
    'GET /api/me of operator',
  ]);
});

test('what the recording does not show happens before the first refused request, and disruption around what it hits', () => {
  const refused = story(signInBy(a), callBy(a, 1, 200), callBy(a, 2, 401), callBy(a, 3, 200));
  expect(sentences(planOf(refused, anyPod, 'a sign-out on another device')).slice(2, 3)).toEqual([
    'the same person signs in to operator on another device, and out again',
  ]);
  expect(sentences(planOf(refused, anyPod, 'an outage of Redis')).slice(2)).toEqual([
    'Redis does not answer',
    'GET /api/me of operator',
    'Redis answers again',
    'GET /api/me of operator',
  ]);
});

test('a replay fits when each request is answered as recorded', async () => {
  const made = await attempt(inMemory, taking, { seed: 1, assumptions: [undefined] });
  expect(made.fit).toEqual({ fits: 5, of: 5, others: [], shows: true });
  const healthy = fleetWhere(({ request: { does } }) => (does === 'sign in' ? signedIn : '200'));
  const { fit } = await attempt(healthy, taking, { seed: 1, assumptions: [undefined] });
  expect(fit).toEqual({
    fits: 3,
    of: 5,
    others: [2, 4],
    shows: false,
    first: { index: 2, recorded: '401', replayed: '200' },
  });
});

test('of requests at once the order of the answers does not count', () => {
  const burst = story(signInBy(a), callBy(a, 9, 401, { ms: 50 }), callBy(b, 9.01, 200, { ms: 50 }));
  const played = new Map([
    [0, signedIn],
    [1, '200'],
    [2, '401'],
  ]);
  expect(isExact(fitOf(burst, played))).toBe(true);
  const apart = story(signInBy(a), callBy(a, 9, 401), callBy(b, 10, 200));
  expect(isExact(fitOf(apart, played))).toBe(false);
});

test('a recording that names no pods is tried with several assignments, the same ones for a seed', async () => {
  const nameless = story(
    { ...signInBy(''), revision: '' },
    ...[200, 401, 200].map((status, at) => callBy('', at + 1, status, { revision: '' })),
  );
  const rows = (seed: number) =>
    assignmentsOf(nameless, seed).map(({ podOf }) => nameless.requests.map((_, index) => podOf(index)));
  expect(rows(1)[0]).toEqual([0, 0, 1, 0]);
  expect(rows(1)).toEqual(rows(1));
  expect(rows(1)).not.toEqual(rows(2));
  const made = await attempt(inMemory, nameless, { seed: 1, assumptions: [undefined] });
  expect(made).toMatchObject({ assignment: 'refused requests on another pod than the others', replays: 1 });
});

test('without the names of pods, requests that were answered otherwise are tried on the other pod', async () => {
  // The sign-out is rightly answered otherwise on the pod that has no session.
  const out = (at: number, location: string): Short => ({
    at,
    method: 'POST',
    url: 'https://operator.dezky.example/auth/oidc/logout',
    status: 303,
    location,
  });
  const nameless = story({ ...signInBy('') }, callBy('', 1, 200), callBy('', 2, 401), out(3, '/signed-out'));
  const twoPods = fleetWhere(({ request: { does }, pod }) => {
    if (does === 'sign in') return signedIn;
    if (does === 'sign out') return pod === 1 ? '303 to /signed-out' : '303 to another host';
    return pod === 1 ? '401' : '200';
  });
  const made = await attempt(twoPods, nameless, { seed: 1, assumptions: [undefined] });
  expect(made).toMatchObject({ replays: 2, fit: { fits: 4, of: 4 } });
  expect(made.assignment).toMatch(/answered otherwise moved/);
});

test('without the names of pods, a request is moved alone when later answers depend on its pod', async () => {
  // A pod that cannot open the cookie replaces it, so that the other pod cannot open it any more.
  let owner: number | undefined;
  const replacing = fleetWhere(({ request: { does }, pod }) => {
    const isOwn = does === 'sign in' || pod === owner;
    owner = pod;
    return does === 'sign in' ? signedIn : isOwn ? '200' : '401';
  });
  const nameless = story(signInBy(''), ...[200, 401, 200, 401].map((status, at) => callBy('', at + 1, status)));
  expect(await attempt(replacing, nameless, { seed: 1, assumptions: [undefined] })).toMatchObject({
    replays: 3,
    fit: { fits: 5 },
  });
});

test('the shortest sequence keeps what the refusal needs', async () => {
  const long = story(
    signInBy(a),
    ...[1, 2, 3, 4, 5].map((at) => callBy(a, at, 200)),
    callBy(b, 90, 401),
    callBy(a, 91, 200),
  );
  const { podOf } = assignmentsOf(long, 1)[0]!;
  const plan = planOf(long, podOf);
  const shortest = await shortestOf(plan, long, inMemory);
  expect(shortest && sentences(shortest.plan)).toEqual([
    'sign in to operator, on pod 0',
    'GET /api/me of operator, on pod 1',
  ]);
  expect(shortest?.outcome).toBe('401');
  const afterTime = fleetWhere(({ request: { does } }, before) =>
    does === 'sign in' ? signedIn : before.some((step) => step.do === 'time passes') ? '401' : '200',
  );
  const needsTime = await shortestOf(plan, long, afterTime);
  expect(needsTime && sentences(needsTime.plan)).toEqual([
    'sign in to operator, on pod 0',
    '1 min 25 s pass',
    'GET /api/me of operator, on pod 1',
  ]);
});

test('a sequence that is not refused again has no shortest', async () => {
  const healthy = fleetWhere(() => '200');
  expect(await shortestOf(planOf(taking, anyPod), taking, healthy)).toBeUndefined();
});

test('what a fault needs is assumed first, also of the person', () => {
  const refused = story(signInBy(a), callBy(a, 2, 401));
  expect(assumptionsFor('a missing role').map((after) => planOf(refused, anyPod, after).hasRoles)).toEqual([
    false,
    true,
  ]);
  expect(assumptionsFor(undefined)).toEqual([undefined]);
});

test('every sequence becomes a spec, without the pods and revisions of the recording', () => {
  const refused = story(signInBy(a), callBy(a, 2, 401));
  const details = { title: 'refused', outcome: '401', toE2e: '..', conditions: [] };
  const source = specSource(
    planOf(refused, () => 1, 'a sign-out on another device'),
    details,
  );
  expect(source).toContain('// the same person signs in to operator on another device, and out again');
  expect(source).toContain('"request":{"at":2000,"ms":20,"app":"operator","does":"call","path":"/api/me"');
  expect(source).not.toMatch(/operator-1-a|variant/);
  expect(specSource(planOf(refused, anyPod, 'a missing role'), details)).toContain('hasRoles: false');
  expect(specSource(planOf(refused, anyPod, 'a release'), details)).toMatch(/"builds"\], variant: \{ changes: \[\] \}/);
});

test('a spec that exists is overwritten only with --force', () => {
  const file = 'e2e/session/sign-in.spec.ts';
  expect(() => specPath(file, { force: false })).toThrow(/exists\. .* --force/);
  expect(specPath(file, { force: true })).toBe(file);
  expect(() => specPath('scripts/x.spec.ts', { force: true })).toThrow(/no spec in a folder of e2e/);
});
