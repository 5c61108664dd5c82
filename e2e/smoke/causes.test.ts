import { expect, test } from 'vitest';
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
  expect(cause?.what).toBe(`GET /api/me with a session is answered 401, not 200, by 1 of 2 pods of operator: ${b}.`);
  expect(cause?.evidence).toEqual([
    `${b}: 2 of 3 answers were wrong, the first at 3.0 s.`,
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
  expect(causes[1]?.what).toBe(`Other than the rest are 1 of 2 pods of operator: ${c}.`);
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
  expect(causes[0]?.what).toBe(`Sessions are in the memory of 2 of 2 pods of operator: ${a}, ${b}.`);
  expect(causes[0]?.evidence).toContain('1 of 2 requests with a session were refused.');
  expect(causes[0]?.next).toContain('SESSION_REDIS_URL');
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
  expect(cause?.next).toContain('endpoints,ingress,certificate -l app.kubernetes.io/name=operator');
});

test('an Authentik that does not answer is a cause, although the apps are well', () => {
  const down = { of: 'auth', status: 503, facts: {} } as const;
  const [cause, ...others] = causesIn([sample(0, a), sample(1, '', 'discovery', down)]);
  expect(others).toEqual([]);
  expect(cause?.what).toBe('GET its discovery document is answered 503, not 200, by Authentik.');
  expect(cause?.next).toContain('nobody can sign in');
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
  expect(cause?.what).toBe(`Redis, which has the sessions, does not answer 2 of 3 pods of operator: ${a}, ${b}.`);
  expect(cause?.evidence).toEqual([
    `${a}: 1 of 2 answers were wrong, the first at 3.0 s.`,
    `${b}: 1 of 2 answers were wrong, the first at 4.0 s.`,
    '1 of 2 requests with a session were refused.',
  ]);
  expect(cause?.next).toMatch(/^kubectl get pods,endpoints -l app\.kubernetes\.io\/name=dezky-data/);
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
  expect(cause?.what).toBe('GET /api/me with a session is answered 401, not 200, by operator.');
  expect(cause?.evidence).toEqual(['pods without a name: 1 of 3 answers were wrong, the first at 2.0 s.']);
  expect(cause?.next).toMatch(/past the proxy that hides x-served-by/);
});

test('answers that name no pod are counted', () => {
  expect(unnamedIn([sample(0, a)])).toEqual([]);
  expect(unnamedIn([sample(0, a), sample(0, '')])).toEqual([
    'operator: 1 of 2 answers name no pod. Something on the way removes x-served-by, so pods cannot be told apart.',
  ]);
});
