import { expect, test } from 'vitest';
import { findingsIn, unnamedIn } from './findings.ts';
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
    ...(status === probes[probe].wanted ? {} : { problem: `operator answers ${status}.` }),
    ...change,
  };
}

test('answers that agree are no finding', () => {
  expect(findingsIn([sample(0, a), sample(1, b), sample(2, a, 'session'), sample(3, b, 'no session')])).toEqual([]);
});

test('one pod that refuses a session is named, with what each pod answered and since when', () => {
  const refused = { status: 401 };
  const [finding, ...others] = findingsIn([
    sample(0, a),
    sample(0, b),
    sample(1, a, 'session'),
    sample(2, b, 'session'),
    sample(3, b, 'session', refused),
    sample(4, b, 'session', refused),
  ]);
  expect(others).toEqual([]);
  expect(finding).toEqual({
    what: 'operator answers 401. The first was at 3.0 s.',
    evidence: [`${a}: 1 x 200`, `${b}: 1 x 200, 2 x 401`],
    next: `kubectl logs ${b}`,
  });
});

test('pods of different revisions are not the same', () => {
  const [finding, ...others] = findingsIn([sample(0, a), sample(1, b), sample(2, c, 'ready', { revision: '2' })]);
  expect(others).toEqual([]);
  expect(finding?.what).toBe('The pods of operator are not the same.');
  expect(finding?.evidence).toEqual([`revision is 1 on ${a}, ${b}; 2 on ${c}.`]);
});

test('sessions in memory are named before the sessions that are refused for it', () => {
  const facts = { driver: 'memory' };
  const findings = findingsIn([
    sample(0, a, 'ready', { facts }),
    sample(0, b, 'ready', { facts }),
    sample(1, a, 'session'),
    sample(2, b, 'session', { status: 401 }),
  ]);
  expect(findings.map(({ what }) => what)).toEqual([
    `Sessions of operator are in the memory of ${a}, ${b}.`,
    'operator answers 401. The first was at 2.0 s.',
  ]);
  expect(findings[0]?.next).toContain('SESSION_REDIS_URL');
});

test('a session that every pod refuses may have ended', () => {
  const [finding] = findingsIn([a, b].map((pod, at) => sample(at, pod, 'session', { status: 401 })));
  expect(finding?.next).toContain('it may have ended');
});

test('a host that cannot be reached is told once, with the place to fix', () => {
  const problem = 'operator has no address (GET https://operator/api/me; ENOTFOUND): look at its DNS record.';
  const [finding, ...others] = findingsIn([0, 1].map((at) => sample(at, '', 'ready', { status: 0, problem })));
  expect(others).toEqual([]);
  expect(finding?.what).toBe('operator gave no answer to 2 of 2 requests, the first at 0.0 s.');
  expect(finding?.evidence).toEqual([problem]);
  expect(finding?.next).toContain('endpoints,ingress,certificate -l app.kubernetes.io/name=operator');
});

test('an Authentik that does not answer is found, although the apps are well', () => {
  const down = { of: 'auth', status: 503, facts: {}, problem: 'auth answers 503.' } as const;
  const [finding, ...others] = findingsIn([sample(0, a), sample(1, '', 'discovery', down)]);
  expect(others).toEqual([]);
  expect(finding?.what).toBe('auth answers 503. The first was at 1.0 s.');
});

test('a pod that loses Redis for a moment answers both, and is not another pod for it', () => {
  const down = { status: 503, facts: { ok: 'false', driver: 'redis', endSessionUrl: 'https://auth/end' } };
  const [finding, ...others] = findingsIn([sample(0, a), sample(1, b), sample(2, a, 'ready', down)]);
  expect(others).toEqual([]);
  expect(finding?.evidence).toEqual([`${a}: 1 x 200, 1 x 503`, `${b}: 1 x 200`]);
});

test('answers that name no pod are counted', () => {
  expect(unnamedIn([sample(0, a)])).toEqual([]);
  expect(unnamedIn([sample(0, a), sample(0, '')])).toEqual([
    'operator: 1 of 2 answers name no pod. Something on the way removes x-served-by, so pods cannot be told apart.',
  ]);
});
