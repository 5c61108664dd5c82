import { expect, test } from 'vitest';
import { Unreachable } from '../../fleet/engines/live/unreachable.ts';
import { causesIn, unnamedIn } from './causes.ts';
import { probes, type ProbeAnswer, type ProbeName } from './probes.ts';

const [a, b, c] = ['operator-1-a', 'operator-1-b', 'operator-2-c'];

/** An answer of operator that is right, with these differences. */
function sample(at: number, pod: string, probe: ProbeName = 'ready', change: Partial<ProbeAnswer> = {}): ProbeAnswer {
  const { status = probes[probe].wanted } = change;
  return {
    at: at * 1000,
    of: 'operator',
    probe,
    pod,
    revision: '1',
    status,
    facts: probe === 'ready' ? { driver: 'redis', endSessionUrl: 'https://auth/end' } : {},
    ...(status === probes[probe].wanted ? {} : { problem: `It answers ${status}.` }),
    ...change,
  };
}

test('answers that agree have no cause', () => {
  expect(causesIn([sample(0, a), sample(1, b), sample(2, a, 'session'), sample(3, b, 'no session')])).toEqual([]);
});

test('one pod that refuses a session is named, with since when and that nothing visible differs', () => {
  const refused = { status: 401 };
  const [cause, ...others] = causesIn([
    sample(0, a),
    sample(0, b),
    sample(1, a, 'session'),
    sample(2, b, 'session'),
    sample(3, b, 'session', refused),
    sample(4, b, 'session', refused),
  ]);
  expect(others).toEqual([]);
  expect(cause?.what).toBe(`1 of 2 pods of operator answers 401 to GET /api/me with a session, not 200: ${b}.`);
  expect(cause?.evidence).toEqual([
    `${b}: 2 of 3 answers, 1 right before the first wrong one at 3.0 s.`,
    `It says the same about itself as ${a}: what differs is not visible from outside, such as a Secret.`,
  ]);
  expect(cause?.next).toContain(`kubectl exec ${b}`);
});

test('a pod of another revision that refuses a session differs in it', () => {
  const next = { revision: '2' };
  const causes = causesIn([
    sample(0, a),
    sample(0, c, 'ready', next),
    sample(1, a, 'session'),
    sample(2, c, 'session', { ...next, status: 401 }),
  ]);
  expect(causes[0]?.evidence).toContain(`revision is 2 there, and 1 on ${a}.`);
  expect(causes[1]?.what).toBe(`${c} of operator is not like the other pods.`);
});

test('sessions in memory are a cause of their own', () => {
  const facts = { driver: 'memory' };
  const [cause] = causesIn([sample(0, a, 'ready', { facts }), sample(0, b, 'ready', { facts })]);
  expect(cause?.what).toBe(`2 of 2 pods of operator keep sessions in their own memory: ${a}, ${b}.`);
  expect(cause?.next).toContain('SESSION_REDIS_URL');
});

test('sessions in memory are the reason of refused sessions, and not a second cause', () => {
  const facts = { driver: 'memory' };
  const causes = causesIn([
    sample(0, a, 'ready', { facts }),
    sample(0, b, 'ready', { facts }),
    sample(1, a, 'session'),
    sample(2, b, 'session', { status: 401 }),
  ]);
  expect(causes).toHaveLength(1);
  expect(causes[0]?.evidence).toContain(`A session is refused by ${b}: 1 of 1 answers, the first at 2.0 s.`);
});

test('a session that every pod refuses has ended', () => {
  const [cause] = causesIn([a, b].map((pod, at) => sample(at, pod, 'session', { status: 401 })));
  expect(cause?.evidence).toContain('Every pod does, so nothing differs between them.');
  expect(cause?.next).toContain('the session has ended');
});

test('a host that cannot be reached at all is told once, with the place to fix', () => {
  const failures = ['/api/me', '/auth/oidc/login'].map(
    (path) => `operator has no address (GET https://operator${path}; ENOTFOUND): look at its DNS record.`,
  );
  const [cause] = causesIn(failures.map((failure, at) => sample(at, '', 'ready', { status: 0, problem: failure })));
  expect(cause?.evidence).toEqual([failures[0], 'The first of them was sent at 0.0 s.']);
  expect(cause?.next).toContain('kubectl describe ingress');
});

test('an Authentik that does not answer is a cause, although the apps are well', () => {
  const down = { of: 'auth', status: 503, facts: {} } as const;
  const [cause, ...others] = causesIn([sample(0, a), sample(1, '', 'discovery', down)]);
  expect(others).toEqual([]);
  expect(cause?.what).toBe('Authentik answers 503 to GET its discovery document, not 200.');
  expect(cause?.next).toContain('nobody can sign in');
});

test('requests without an answer are told with their reason, since when, and the pod that fell silent', () => {
  const gone = { status: 0, pod: '', problem: 'https://operator refuses connections.' };
  const [cause] = causesIn([sample(0, a), sample(0, b), sample(1, '', 'ready', gone), sample(2, a)]);
  expect(cause?.what).toBe('operator gave no answer to 1 of 4 requests.');
  expect(cause?.evidence).toEqual([
    gone.problem,
    'The first of them was sent at 1.0 s.',
    `${b} answered before that, and nothing since.`,
  ]);
});

test('a sign-in that failed is a cause when nothing else explains it', () => {
  const problem = 'operator: the sign-in left no session cookie.';
  const [cause, ...others] = causesIn([], [problem]);
  expect(others).toEqual([]);
  expect(cause?.what).toBe('The test user could not be signed in.');
  expect(cause?.evidence).toEqual([problem]);
  const down = [sample(0, a), sample(1, b, 'ready', { status: 503 })];
  expect(causesIn(down, [problem])).toEqual(causesIn(down));
});

test('one pod with sessions in memory differs from the others in that alone, so it is one cause', () => {
  const memory = { facts: { driver: 'memory', endSessionUrl: 'https://auth/end' } };
  const [cause, ...others] = causesIn([sample(0, a), sample(1, b, 'ready', memory), sample(2, c)]);
  expect(others).toEqual([]);
  expect(cause?.what).toBe(`1 of 3 pods of operator keeps sessions in its own memory: ${b}.`);
  expect(cause?.evidence).toContain(`driver is memory there, and redis on ${a}, ${c}.`);
});

test('pods that lose Redis are one cause, which no session that ends explains', () => {
  const down = { status: 503, facts: { ok: 'false', driver: 'redis', endSessionUrl: 'https://auth/end' } };
  const [cause, ...others] = causesIn([
    sample(0, a),
    sample(1, b),
    sample(1, c),
    sample(2, a, 'session'),
    sample(3, a, 'ready', down),
    sample(4, b, 'ready', down),
    sample(5, b, 'session', { status: 503 }),
  ]);
  expect(others).toEqual([]);
  expect(cause?.what).toBe(`2 of 3 pods of operator get no answer from Redis, which has the sessions: ${a}, ${b}.`);
  expect(cause?.evidence).toEqual([
    `${a}: 1 of 2 answers, 1 right before the first wrong one at 3.0 s.`,
    `${b}: 1 of 2 answers, 1 right before the first wrong one at 4.0 s.`,
    'Every pod does, so nothing differs between them.',
    'Meanwhile 1 of 2 requests with a session got 503.',
  ]);
  expect(cause?.next).toMatch(/^kubectl get pods,endpoints -l app\.kubernetes\.io\/name=dezky-data/);
});

test('one pod that loses Redis is a matter of that pod', () => {
  const down = { status: 503, facts: { ok: 'false', driver: 'redis', endSessionUrl: 'https://auth/end' } };
  const [cause] = causesIn([sample(1, b, 'ready', down), sample(2, a), sample(2, b, 'session', { status: 401 })]);
  expect(cause?.what).toBe(`1 of 2 pods of operator gets no answer from Redis, which has the sessions: ${b}.`);
  expect(cause?.next).toContain(`kubectl exec ${b} -- printenv SESSION_REDIS_URL | sha256sum`);
});

test('a session that unnamed pods refuse sometimes leads past the proxy that hides their names', () => {
  const unnamed = { revision: '' };
  const refused = { ...unnamed, status: 401 };
  const [cause, ...others] = causesIn([
    sample(0, a),
    sample(1, '', 'session', unnamed),
    sample(2, '', 'session', refused),
    sample(3, '', 'session', unnamed),
  ]);
  expect(others).toEqual([]);
  expect(cause?.what).toBe('operator answers 401 to GET /api/me with a session, not 200.');
  expect(cause?.evidence).toEqual([
    'pods without a name: 1 of 3 answers, 1 right before the first wrong one at 2.0 s, and some after it were right.',
  ]);
  expect(cause?.next).toMatch(/past the proxy that hides x-served-by/);
});

test('a session that is always refused by pods without a name has ended', () => {
  const [cause] = causesIn([0, 1].map((at) => sample(at, '', 'session', { status: 401 })));
  expect(cause?.evidence).toEqual(['pods without a name: 2 of 2 answers, the first at 0.0 s.']);
  expect(cause?.next).toContain('the session has ended');
});

test('a sign-in that leads elsewhere is a cause, although its status is right', () => {
  const problem = 'Signing in to operator leads to https://auth.dezky.local/.';
  const [cause] = causesIn([sample(0, a), sample(1, b, 'sign-in', { problem })]);
  expect(cause?.what).toBe(problem);
});

test('an expired certificate leads to the certificate', () => {
  const cause = Object.assign(new Error('certificate has expired'), { code: 'CERT_HAS_EXPIRED' });
  const failure = new Unreachable('https://operator/api/me', cause, { timeout: 1000, received: undefined }).message;
  const [found] = causesIn([sample(0, '', 'ready', { status: 0, problem: failure })]);
  expect(found?.next).toBe(
    'kubectl get certificate,secret; kubectl describe ingress -l app.kubernetes.io/name=operator',
  );
});

test('answers that name neither pod nor revision are counted', () => {
  expect(unnamedIn([sample(0, a)])).toEqual([]);
  expect(unnamedIn([sample(0, a), sample(0, ''), sample(0, '', 'ready', { revision: '' })])).toEqual([
    'operator: 2 of 3 answers name no pod (x-served-by), and 1 of 3 answers name no revision (x-revision). Something on the way removes these headers, so pods cannot be told apart.',
  ]);
});
