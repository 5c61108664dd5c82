import { expect, test } from 'vitest';
import { forEachApp } from '../../apps/environment/apps.ts';
import { checkedIn, findingsIn, findingsOfAnyApp, notOn, unnamedIn } from './findings.ts';
import { probes, type ProbeAnswer, type ProbeName } from './probes.ts';

const [a, b, c] = ['operator-1-a', 'operator-1-b', 'operator-2-c'];

const urls = { ...forEachApp(({ name }) => `https://${name}.example`), auth: 'https://auth.example' };
const addresses = {
  endSessionUrl: 'https://auth.example/application/o/operator/end-session/',
  postLogoutRedirectUri: 'https://operator.example/signed-out',
};
const findingsOf = (answers: readonly ProbeAnswer[]) => findingsIn(answers, urls);
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
    facts: probe === 'ready' ? { driver: 'redis', ...addresses } : {},
    ...(status === probes[probe].wanted ? {} : { problem: `operator answers ${status}.` }),
    ...change,
  };
}

test('an old revision that serves well is a finding when another is expected', () => {
  const answers = [sample(0, a), sample(0, b, 'ready', { revision: '2' })];
  expect(notOn('2', answers)).toMatchObject([
    { what: 'operator is not on 2 everywhere.', evidence: [`${a} is on 1.`] },
  ]);
  expect(notOn('1', answers.slice(0, 1))).toEqual([]);
});

test('answers that agree are no finding', () => {
  expect(findingsOf([sample(0, a), sample(1, b), sample(2, a, 'session'), sample(3, b, 'no session')])).toEqual([]);
});

const refused = { status: 401 };
const elsewhere = { driver: 'redis', ...addresses, endSessionUrl: 'https://auth.dezky.local/application/o/operator/' };
const unreachable = 'operator has no address (GET https://operator/api/me; ENOTFOUND): look at its DNS record.';

test.each<[what: string, answers: ProbeAnswer[], finding: object]>([
  [
    'a pod that is slow most of the time',
    [20, 30, 3_000]
      .map((took) => sample(0, a, 'ready', { took }))
      .concat([20, 3_000, 4_000].map((took) => sample(1, b, 'ready', { took }))),
    { what: `${b} is slow.`, evidence: ['ready: half of 3 answers took 3.0 s or longer.'] },
  ],
  [
    'a kind of request that a pod is slow to answer',
    [20, 30, 20, 30].map((took) => sample(0, a, 'ready', { took })).concat([sample(1, a, 'session', { took: 2_500 })]),
    { what: `${a} is slow in some requests.`, evidence: ['session: half of 1 answers took 2.5 s or longer.'] },
  ],
  [
    'one answer for several requests',
    [0, 1].map((at) => sample(at, a, 'no session', { status: 200, id: 'same' })),
    { what: 'operator answers 200. The first was at 0.0 s.', next: expect.stringContaining('caches of the ingress') },
  ],
  [
    'one pod that refuses a session, with what each pod answered and since when',
    [
      sample(0, a),
      sample(0, b),
      sample(1, a, 'session'),
      sample(2, b, 'session'),
      sample(3, b, 'session', refused),
      sample(4, b, 'session', refused),
    ],
    {
      what: 'operator answers 401. The first was at 3.0 s.',
      evidence: [`${a}: 1 x 200`, `${b}: 1 x 200, 2 x 401`],
      next: `kubectl logs ${b}`,
    },
  ],
  [
    'a refusal that something on the way has made a success',
    [sample(0, a, 'no session', { status: 200, reason: 'none' })],
    { next: expect.stringMatching(/^the pod refused with 401, and something on the way made 200 of it/) },
  ],
  [
    'a discovery document that is about another host, which its problem explains',
    [{ ...sample(0, '', 'discovery', { problem: 'Authentik describes operator elsewhere: look.' }), of: 'auth' }],
    { what: expect.stringContaining('describes operator elsewhere: look.'), next: undefined },
  ],
  [
    'one pod that fails with a session, while the other gets data',
    [sample(0, a, 'session'), sample(1, b, 'session', { status: 500 })],
    { next: `kubectl logs ${b}` },
  ],
  [
    'pods that all fail with a session',
    [sample(0, a, 'session', { status: 502 }), sample(1, b, 'session', { status: 502 })],
    { next: expect.stringContaining('NUXT_PLATFORM_API_URL') },
  ],
  [
    'a session whose cookie does not arrive',
    [sample(0, a, 'session', { ...refused, reason: 'none' })],
    { next: expect.stringContaining('whether a proxy removes it') },
  ],
  [
    'pods of different revisions',
    [sample(0, a), sample(1, b), sample(2, c, 'ready', { revision: '2' })],
    { what: 'The pods of operator are not the same.', evidence: [`revision is 1 on ${a}, ${b}; 2 on ${c}.`] },
  ],
  [
    'a session that every pod refuses, which may have ended',
    [a, b].map((pod, at) => sample(at, pod, 'session', refused)),
    { next: expect.stringContaining('it may have ended') },
  ],
  [
    'a sign-out that leads to another host, although all pods agree',
    [a, b].map((pod, at) => sample(at, pod, 'ready', { facts: elsewhere })),
    {
      what: 'Signing out of operator leads elsewhere.',
      evidence: [a, b].map((pod) => expect.stringContaining(`on ${pod} goes to`)),
    },
  ],
  [
    'where a sign-in leads, by pod',
    [
      sample(0, a, 'sign-in', { facts: { leadsTo: urls.auth } }),
      sample(1, b, 'sign-in', { facts: { leadsTo: 'https://login.example' }, problem: 'It leads elsewhere.' }),
    ],
    { evidence: [`${a}: 1 x 302 to ${urls.auth}`, `${b}: 1 x 302 to https://login.example`] },
  ],
  [
    'a host that cannot be reached, once, with the place to fix',
    [0, 1].map((at) => sample(at, '', 'ready', { status: 0, problem: unreachable })),
    {
      what: 'operator gave no complete answer to 2 of 2 requests, the first at 0.0 s.',
      evidence: [unreachable],
      next: expect.stringContaining("endpoints,ingress,certificate -l 'app.kubernetes.io/name in (operator)'"),
    },
  ],
  [
    'an Authentik that does not answer, although the apps are well',
    [sample(0, a), sample(1, '', 'discovery', { of: 'auth', status: 503, facts: {}, problem: 'auth answers 503.' })],
    { what: 'auth answers 503. The first was at 1.0 s.' },
  ],
  [
    'a pod that loses Redis for a moment, which is not another pod for it',
    [
      sample(0, a),
      sample(1, b),
      sample(2, a, 'ready', { status: 503, facts: { ok: 'false', driver: 'redis', ...addresses } }),
    ],
    { evidence: [`${a}: 1 x 200, 1 x 503`, `${b}: 1 x 200`] },
  ],
])('the only finding is %s', (_what, answers, finding) => {
  expect(findingsOf(answers)).toEqual([expect.objectContaining(finding)]);
});

test('of any app, a session that has just begun and is refused has not ended', () => {
  const [finding] = findingsOfAnyApp([sample(0, a, 'session', refused)], true);
  expect(finding?.next).toBe(`look at the log of ${a}`);
});

test('sessions in memory are named before the sessions that are refused for it', () => {
  const facts = { driver: 'memory', ...addresses };
  const findings = findingsOf([
    sample(0, a, 'ready', { facts }),
    sample(0, b, 'ready', { facts }),
    sample(1, a, 'session'),
    sample(2, b, 'session', refused),
  ]);
  expect(findings.map(({ what }) => what)).toEqual([
    `Sessions of operator are in the memory of ${a}, ${b}.`,
    'operator answers 401. The first was at 2.0 s.',
  ]);
  expect(findings[0]?.next).toContain('SESSION_REDIS_URL');
});

test('the reason that a pod says is told with what it means, and what to look at', () => {
  const [finding] = findingsOf([
    sample(1, a, 'session'),
    sample(2, b, 'session', { status: 401, reason: 'unreadable' }),
  ]);
  expect(finding?.evidence).toEqual([
    `${a}: 1 x 200`,
    `${b}: 1 x 401 unreadable`,
    expect.stringMatching(/^unreadable: .*NUXT_OIDC_TOKEN_KEY/),
  ]);
  expect(finding?.next).toContain('Compare the key of the pods');
});

test('what was looked at is told, and that sessions were not', () => {
  const answers = [sample(0, a), sample(1, a, 'sign-in', { facts: { leadsTo: urls.auth } })];
  const [operator, portal, missing, ...others] = checkedIn(answers, { portal: 'a=b' });
  expect(others).toEqual([]);
  expect(operator).toBe(
    `operator: sign-in leads to ${urls.auth}, sign-out to ${addresses.endSessionUrl} (as its pods say), sessions are in redis.`,
  );
  expect(portal).toContain('portal: sign-in leads to nowhere');
  expect(missing).toMatch(/^Sessions of operator were not checked: .* Give one: --cookie <file>/);
  expect(
    checkedIn(
      answers,
      forEachApp(() => 'a=b'),
    ),
  ).toHaveLength(2);
});

test('hosts of a domain that does not resolve are one finding', () => {
  const problemOf = (host: string, path: string) =>
    `${host} has no address (GET https://${host}${path}; ENOTFOUND: getaddrinfo ENOTFOUND ${host}): look at its DNS record.`;
  const findings = findingsOf(
    (['operator', 'portal', 'auth'] as const).flatMap((of) =>
      ['/', '/api/me'].map((path) =>
        sample(0, '', 'ready', { of, status: 0, problem: problemOf(`${of}.example`, path) }),
      ),
    ),
  );
  expect(findings.map(({ evidence }) => evidence)).toEqual([
    ['Each of operator.example, portal.example, auth.example has no address: look at its DNS record.'],
  ]);
});

test('answers that name no pod are counted', () => {
  expect(unnamedIn([sample(0, a)])).toEqual([]);
  expect(unnamedIn([sample(0, a), sample(0, '')])).toEqual([
    'operator: 1 of 2 answers name no pod. Something on the way removes x-served-by, so pods cannot be told apart.',
  ]);
});

test('what is before the pods is one finding for all that it refuses', () => {
  const limited = ['/api/me', '/auth/oidc/login', '/api/me'].map((path, at) => {
    const problem = `operator.example is answered with 429 by what is before its pods (GET ${path}; Retry-After: ${9 - at}): a limit.`;
    return sample(at, '', 'no session', { status: 429, isOutside: true, problem });
  });
  expect(findingsOf([sample(0, a), ...limited])).toEqual([
    expect.objectContaining({ evidence: ['3 of 4 answers: 3 x 429'] }),
  ]);
});

test('while no pod answers there is one finding, and answers without a name say nothing else', () => {
  const problem = 'No pod of operator answered.';
  const outage = [
    sample(0, a),
    sample(1, '', 'ready', { status: 503, isOutside: true, facts: { body: 'no report' }, problem }),
    sample(2, '', 'sign-in', { status: 404 }),
  ];
  expect(findingsOf(outage)).toEqual([
    {
      what: `${problem} The first was at 1.0 s.`,
      evidence: ['1 of 3 answers: 1 x 503'],
      next: "kubectl get pods,endpoints,ingress,certificate -l 'app.kubernetes.io/name in (operator)'",
    },
  ]);
  expect(unnamedIn(outage)).toEqual([]);
});

test.each<[what: string, answers: ProbeAnswer[], next: RegExp]>([
  [
    'a session that one pod refuses',
    [sample(0, a, 'session'), sample(1, b, 'session', refused)],
    /^sessions are in the memory of a pod, or the pods have different stores/,
  ],
  ['a pod that fails', [sample(0, a, 'session'), sample(1, b, 'session', { status: 500 })], new RegExp(`log of ${b}$`)],
  ['a session that is refused', [sample(0, a, 'session', refused)], /sign in again, and give the new cookie$/],
  ['a sign-in that leads elsewhere', [sample(0, a, 'sign-in', { problem: 'elsewhere' })], /the provider's address/],
  ['no answer', [sample(0, '', 'ready', { status: 0, problem: unreachable })], /its DNS record/],
])('of any app, %s says what to look at', (_what, answers, next) => {
  expect(findingsOfAnyApp(answers).map((finding) => finding.next)).toEqual([expect.stringMatching(next)]);
});

test('of any app, a sign-in that led no further says itself what to look at', () => {
  const what = 'It got no further: look there.';
  const answers = [sample(0, '', 'session', { status: 0, problem: what, isStuck: true })];
  expect(findingsOfAnyApp(answers)).toEqual([{ what, evidence: [] }]);
});
