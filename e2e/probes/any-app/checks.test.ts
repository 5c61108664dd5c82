import { expect, test } from 'vitest';
import type { Live, LiveResponse } from '../../../fleet/engines/live/live.ts';
import { nameOf } from '../check.ts';
import { anyAppChecks, anyAppContext } from './checks.ts';
import { appSchema } from './described-app.ts';
import { roundOf } from './round.ts';

const origin = 'https://app.test';
const provider = 'https://id.test';
const day = 86_400_000;

type Answer = Partial<Pick<LiveResponse, 'status' | 'headers' | 'body'>>;
type Given = Parameters<typeof anyAppContext>[2];
type Answers = Readonly<Record<string, (call: number, cookie: string, state: string) => Answer>>;

const authorize = (call: number, change: Record<string, string> = {}): string =>
  `${provider}/realms/one/auth?${new URLSearchParams({
    client_id: 'app',
    redirect_uri: `${origin}/callback`,
    response_type: 'code',
    state: `state-of-${call}`,
    code_challenge: `challenge-of-${call}`,
    code_challenge_method: 'S256',
    ...change,
  })}`;
const redirect = (location: string, headers: LiveResponse['headers'] = {}): Answer => ({
  status: 302,
  headers: { location, ...headers },
});
const json = (value: object): Answer => ({ body: JSON.stringify(value) });
const podOf = (call: number): string => `pod-${'ab'[call % 2]}`;
const byPod = (call: number, answer: Answer): Answer => ({
  ...answer,
  headers: { 'x-served-by': podOf(call), ...answer.headers },
});

/** Where something was sent by POST. */
const posted: string[] = [];

const page: Answer = { headers: { 'content-type': 'text/html' }, body: '<h1>Welcome</h1>' };

/** An app that does all as it should. */
const right: Answers = {
  [`${origin}/`]: () => redirect('/login'),
  'http://app.test/': () => redirect(`${origin}/`),
  [`${origin}/login`]: (call) =>
    byPod(call, redirect(authorize(call), { 'set-cookie': ['attempt=1; Secure; HttpOnly; Path=/'] })),
  [`${origin}/api/me`]: (call, cookie) => byPod(call, { status: cookie.endsWith('sid=right') ? 200 : 401 }),
  [`${origin}/ready`]: (call) => byPod(call, {}),
  [`${provider}/`]: () => ({}),
  [`${provider}/realms/one/auth`]: () => ({ body: '<form method="post"></form>' }),
  [`${provider}/realms/one/.well-known/openid-configuration`]: () =>
    json({
      issuer: `${provider}/realms/one`,
      authorization_endpoint: `${provider}/realms/one/auth`,
      end_session_endpoint: `${provider}/realms/one/logout`,
      jwks_uri: `${provider}/realms/one/certs`,
      code_challenge_methods_supported: ['S256'],
    }),
  [`${provider}/realms/one/certs`]: () => json({ keys: [{ kid: '1' }] }),
};

const flow = `${provider}/if/flow/login/`;
const executor = `${provider}/api/v3/flows/executor/login/`;
const issuer = `${provider}/realms/one`;
const stages = ['ak-stage-identification', 'ak-stage-password', 'xak-flow-redirect'];

/** A provider that is Authentik, and a test user of it. */
const withFlow: Answers = {
  [`${provider}/realms/one/auth`]: () => redirect(flow),
  [executor]: (call) => json({ component: stages[call], to: `${provider}/passed` }),
  [`${provider}/passed`]: (_call, _cookie, state) => redirect(`${origin}/callback?code=c&state=${state}`),
  [`${origin}/callback`]: () => redirect('/home', { 'set-cookie': ['sid=right; Path=/'] }),
  [`${origin}/home`]: () => ({}),
};
const account = { username: 'ada', password: 'pw-ada' };

function contextOf(change: Answers = {}, description: object = {}, given: Given = { cookie: 'sid=right' }) {
  const answers = { ...right, ...change };
  const asked = new Map<string, number>();
  /** Of the last authorization request. */
  let state = '';
  const get: Live['get'] = async (address, { headers = {} } = {}) => {
    const url = new URL(address).href;
    const call = asked.get(url) ?? 0;
    asked.set(url, call + 1);
    state = new URL(url).searchParams.get('state') ?? state;
    const {
      status = 200,
      headers: given = {},
      body = '',
    } = (answers[url] ?? answers[url.split('?')[0]!])?.(call, headers['cookie'] ?? '', state) ?? { status: 404 };
    const now = Date.now();
    return {
      url,
      status,
      headers: given,
      body,
      certificate: {
        subjectAltName: '',
        issuer: 'CN=Test',
        validFrom: new Date(now - day),
        validTo: new Date(now + 89 * day),
        protocol: 'TLSv1.3',
        spki: '',
      },
    };
  };
  const app = appSchema.parse({ url: origin, protected: ['/api/me'], ready: '/ready', cookie: 'sid', ...description });
  const send: Live['send'] = (url, { method = 'GET', ...options } = {}) => {
    if (method === 'POST') posted.push(url.split('?')[0]!);
    return get(url, options);
  };
  posted.length = 0;
  return anyAppContext(app, { get, send }, given);
}

async function faultsOf(...given: Parameters<typeof contextOf>) {
  const context = contextOf(...given);
  const results = [];
  for (const check of anyAppChecks) {
    const skipped = check.skips?.(context);
    const result =
      skipped === undefined
        ? await check.run(context).catch(({ message }: Error) => ({ saw: '', faults: [message] }))
        : undefined;
    results.push({ name: nameOf(check), saw: result?.saw ?? `skipped: ${skipped}`, faults: result?.faults ?? [] });
  }
  return results;
}

test('an app that does all as it should has no fault, and its sign-in and issuer are found', async () => {
  const results = await faultsOf();
  expect(results.flatMap(({ faults }) => faults)).toEqual([]);
  expect(results.map(({ saw }) => saw).filter((saw) => saw.startsWith('skipped'))).toEqual([]);
  expect(results.map(({ saw }) => saw).join('\n')).toContain(
    `issuer ${provider}/realms/one, sign-out ${provider}/realms/one/logout`,
  );
});

test('what is not described is not checked, and says which option would make it so', async () => {
  const results = await faultsOf({}, { protected: [], ready: undefined });
  expect(results.flatMap(({ saw }) => /skipped: .*(--[\w-]+)/.exec(saw)?.[1] ?? [])).toEqual([
    '--ready',
    '--protected',
    '--protected',
  ]);
});

test.each<[what: string, change: Answers, fault: RegExp, description?: object]>([
  [
    'a call that a stranger may make',
    { [`${origin}/api/me`]: () => ({}) },
    /app\.test\/api\/me with no cookie was answered 12 x 200/,
  ],
  [
    'a pod that lets strangers in',
    { [`${origin}/api/me`]: (call, cookie) => byPod(call, { status: cookie === 'sid=right' || call % 2 ? 200 : 401 }) },
    /was answered 6 x 401 from pod-a, 6 x 200 from pod-b, not 401/,
  ],
  [
    'sessions in the memory of a pod',
    { [`${origin}/api/me`]: (call, cookie) => byPod(call, { status: cookie === 'sid=right' && call % 2 ? 200 : 401 }) },
    /with the session was answered 6 x 200 from pod-b, 6 x 401 from pod-a: what answers differs/,
  ],
  [
    'a cache that keeps what is of one user',
    {
      [`${origin}/api/me`]: (call, cookie) => byPod(call, { status: cookie === 'sid=right' || call > 25 ? 200 : 401 }),
    },
    /api\/me without one was answered 200: something in front keeps/,
  ],
  [
    'a rate limit before the pods',
    {
      [`${origin}/api/me`]: (call) =>
        call < 3 ? byPod(call, { status: 401 }) : { status: 429, headers: { 'retry-after': '7' } },
    },
    /^app\.test is answered with 429 by what is before its pods.*\(GET https:\/\/app\.test\/api\/me; Retry-After: 7\)/m,
  ],
  [
    'a firewall that refuses sessions',
    {
      [`${origin}/api/me`]: (call, cookie) => (cookie === 'sid=right' ? { status: 403 } : byPod(call, { status: 401 })),
    },
    /answered with 403 by what is before its pods.*firewall/,
  ],
  [
    'a proxy that wants a password',
    Object.fromEntries(
      ['/', '/login', '/api/me'].map((path) => [
        origin + path,
        () => ({ status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }),
      ]),
    ),
    /^app\.test is answered with 401 by .*a proxy on the way wants a password of its own: give it by --header/m,
  ],
  [
    'a page in place of refusals',
    {
      [`${origin}/api/me`]: (call, cookie) => (cookie === 'sid=right' ? byPod(call, {}) : page),
    },
    /^app\.test is answered with 200 by what is before its pods.*a page came where data is asked for/m,
  ],
  [
    'a page in place of refusals, with their headers',
    {
      [`${origin}/api/me`]: (call, cookie) => byPod(call, cookie === 'sid=right' ? {} : page),
    },
    /^app\.test is answered with 200 by a pod, or by what is before its pods \(.*a page came where data is asked for/m,
  ],
  ['a firewall before the readiness', { [`${origin}/ready`]: () => ({ status: 403 }) }, /answered with 403 by/],
  ['no pod behind a sign-in', { [`${origin}/login`]: () => ({ status: 503 }) }, /^app\.test is answered with 503 by/m],
  [
    'a path that is not there',
    { [`${origin}/api/me`]: () => ({ status: 404 }) },
    /^GET https:\/\/app\.test\/api\/me was answered 12 x 404: it has no such path\. Give another: --protected/m,
  ],
  [
    'a path of readiness that is not there',
    { [`${origin}/ready`]: () => ({ status: 404 }) },
    /ready was answered 12 x 404: it has no such path\. Give another: --ready/,
  ],
  [
    'a call that fails for a signed-in user',
    { [`${origin}/api/me`]: (call, cookie) => byPod(call, { status: cookie === 'sid=right' ? 500 : 401 }) },
    /^GET https:\/\/app\.test\/api\/me was answered 6 x 500 from pod-[ab], 6 x 500 from pod-[ab]: look whether each pod runs/m,
  ],
  [
    'a pod that fails at sign-ins',
    { [`${origin}/login`]: (call) => byPod(call, call % 2 ? { status: 500 } : redirect(authorize(call))) },
    /^GET https:\/\/app\.test\/login was answered .*6 x 500 from pod-b.*: look whether each pod runs/m,
  ],
  ['a session that has ended', { [`${origin}/api/me`]: () => ({ status: 401 }) }, /12 x 401: it has ended/],
  [
    'a pod that is not ready',
    { [`${origin}/ready`]: (call) => byPod(call, { status: call % 2 ? 503 : 200 }) },
    /6 x 503 from pod-b/,
  ],
  ['plain http that is served', { 'http://app.test/': () => ({}) }, /GET http:\/\/app\.test is served \(200\)/],
  [
    'a sign-in that comes back to another host',
    { [`${origin}/login`]: (call) => redirect(authorize(call, { redirect_uri: 'https://dev.test/callback' })) },
    /redirect_uri "https:\/\/dev\.test\/callback", which should be at https:\/\/app\.test/,
  ],
  [
    'a provider without TLS',
    { [`${origin}/login`]: (call) => redirect(authorize(call).replace('https://id', 'http://id')) },
    /http:\/\/id\.test, not to a provider with TLS/,
  ],
  [
    'a sign-in that is a page',
    { [`${origin}/login`]: () => ({}) },
    /No sign-in was found: .* Give its path: --sign-in/,
  ],
  [
    'a pod that fails at its first page',
    { [`${origin}/`]: (call) => byPod(call, { status: 502 }) },
    /No sign-in begins: GET https:\/\/app\.test\/ was answered 1 x 502 from pod-[ab]\. Look at the log there/,
  ],
  [
    'a redirect loop',
    { [`${origin}/login`]: () => redirect('/') },
    /No sign-in begins: GET https:\/\/app\.test\/\w* was answered 302 and leads to \/\w* after 5 redirects/,
  ],
  [
    'a proxy with a sign-in of its own',
    { [`${origin}/`]: () => redirect('https://team.proxy.test/access/login/app.test?redirect_url=%2F') },
    /GET https:\/\/app\.test\/ was answered 302 and leads to https:\/\/team\.proxy\.test\/access\/login\/app\.test, without a redirect_uri\. If a proxy/,
  ],
  [
    'a sign-in that a cache repeats',
    { [`${origin}/login`]: () => redirect(authorize(1)) },
    /Two sign-ins have the same state/,
  ],
  [
    'a pod that signs in elsewhere',
    {
      [`${origin}/login`]: (call) =>
        byPod(call, redirect(call % 2 ? authorize(call).replace('id.test', 'dev.test') : authorize(call))),
    },
    /different places: 6 x to https:\/\/dev\.test.* by pod-b, 6 x to https:\/\/id\.test.* by pod-a/,
  ],
  [
    'a pod that is another client',
    { [`${origin}/login`]: (call) => byPod(call, redirect(authorize(call, { client_id: `app-${call % 2}` }))) },
    /different places: 6 x to .* for app-1 .* by pod-b, 6 x to .* for app-0 .* by pod-a/,
  ],
  [
    'a cookie that scripts can read',
    { [`${origin}/login`]: (call) => redirect(authorize(call), { 'set-cookie': ['attempt=1; Secure'] }) },
    /The cookie attempt is not HttpOnly/,
  ],
  [
    'a sign-in without a cookie',
    { [`${origin}/login`]: (call) => redirect(authorize(call)) },
    /A sign-in at \/login sets no cookie/,
  ],
  [
    'a client that the provider does not know',
    { [`${provider}/realms/one/auth`]: () => ({ status: 400, body: '<title>Client ID Error</title>' }) },
    /id\.test refuses the client or its redirect URI: the sign-in of app\.test at .* with 400 "Client ID Error"/,
  ],
  [
    'a key set that fails',
    { [`${provider}/realms/one/certs`]: () => ({ status: 500 }) },
    /certs answers 500: look whether the provider runs/,
  ],
  [
    'an issuer that describes another host',
    {
      [`${provider}/realms/one/.well-known/openid-configuration`]: () =>
        json({ issuer: 'https://inside.test/realms/one', authorization_endpoint: `${provider}/realms/one/auth` }),
    },
    /^https:\/\/id\.test\/\S+ names "https:\/\/inside\.test\/realms\/one" as its issuer, which is another host/m,
    { issuer },
  ],
  ['a provider without a key', { [`${provider}/realms/one/certs`]: () => json({ keys: [] }) }, /certs holds no key/],
])('%s is named', async (_what, change, fault, description = {}) => {
  const faults = (await faultsOf(change, description)).flatMap((result) => result.faults);
  expect(faults.join('\n')).toMatch(fault);
});

test('a sign-in behind a link of the page is found', async () => {
  const body = '<a href="/logout">Out</a> <a href="/auth/start?to=%2F&amp;x=1">Sign in</a>';
  const results = await faultsOf({
    [`${origin}/`]: () => ({ body }),
    [`${origin}/auth/start?to=%2F&x=1`]: (call) => redirect(authorize(call)),
  });
  expect(results.flatMap(({ faults }) => faults)).toEqual([]);
});

test('a round asks with and without the session, and names the pod of a wrong answer', async () => {
  const round = await roundOf(contextOf(), 'app.test')(0);
  expect(Map.groupBy(round, ({ probe }) => probe).size).toBe(4);
  expect(round.filter(({ problem }) => problem !== undefined)).toEqual([]);
  const change: Answers = {
    [`${origin}/api/me`]: (call, cookie) => byPod(call, { status: cookie === 'sid=right' && call % 2 ? 200 : 401 }),
  };
  const wrong = (await roundOf(contextOf(change), 'app.test')(0)).filter(({ problem }) => problem !== undefined);
  expect(new Set(wrong.map(({ probe, pod, status }) => `${probe} ${pod} ${status}`))).toEqual(
    new Set(['session pod-a 401']),
  );
});

test('an issuer that describes another host is a wrong answer of a round', async () => {
  const url = `${provider}/realms/one/.well-known/openid-configuration`;
  const round = await roundOf(
    contextOf({ [url]: () => json({ issuer: 'http://id.test' }) }, { issuer }),
    'app.test',
  )(0);
  expect(round.flatMap(({ problem }) => problem ?? [])).toEqual([expect.stringContaining('which is another host')]);
});

test('a sign-in that cannot be found is a wrong answer of a round', async () => {
  const round = await roundOf(contextOf({ [`${origin}/login`]: () => ({}) }), 'app.test')(0);
  expect(round.find(({ probe }) => probe === 'sign-in')?.problem).toContain('No sign-in was found');
});

const knowsASession = async (...given: Parameters<typeof contextOf>) =>
  (await faultsOf(...given)).find(({ name }) => name.endsWith('every pod knows a session'))!;

test('every call that is named is made with the session', async () => {
  const change: Answers = { [`${origin}/api/orders`]: (call, cookie) => byPod(call, { status: cookie ? 403 : 401 }) };
  const { faults } = await knowsASession(change, { protected: ['/api/me', '/api/orders'] });
  expect(faults).toEqual([
    expect.stringMatching(/^GET \/api\/orders with the session was answered 403, and \/api\/me 200/),
  ]);
});

test('a test user signs in at the issuer that is named', async () => {
  const { saw, faults } = await knowsASession(withFlow, { issuer }, { account });
  expect({ saw, faults, posted }).toEqual({
    saw: '6 x 200 from pod-b, 6 x 200 from pod-a',
    faults: [],
    posted: [executor, executor],
  });
});

test.each<[what: string, change: Answers, description: object, says: RegExp, posts: number]>([
  ['no issuer is named', {}, {}, /^skipped: .*--issuer with SMOKE_USERNAME/, 0],
  ['another issuer is named', {}, { issuer: 'https://other.test/' }, /that the provider that --issuer names\?/, 0],
  [
    'its page is not one of Authentik',
    { [`${provider}/realms/one/auth`]: () => redirect(`${provider}/form`) },
    { issuer },
    /no login flow of Authentik\): it needs a browser/,
    0,
  ],
  [
    'the password is refused',
    { [executor]: (call) => json({ component: stages[Math.min(call, 1)] }) },
    { issuer },
    /ak-stage-password\): look whether the account is active/,
    2,
  ],
  [
    'the provider fails',
    { [executor]: () => ({ status: 502 }) },
    { issuer },
    /answered 502, .*look whether the provider runs/,
    0,
  ],
  [
    'the provider refuses the client',
    {
      [`${origin}/login`]: (call) => redirect(authorize(call).replace('/realms/one/auth', '/application/o/authorize/')),
      [`${provider}/application/o/authorize/`]: () => ({ status: 400 }),
    },
    { issuer },
    /answered 400 .*compare client id and redirect URI/,
    0,
  ],
  [
    'the provider sends an error back',
    { [`${provider}/passed`]: () => redirect(`${origin}/callback?error=invalid_request`) },
    { issuer },
    /"invalid_request" came to \/callback/,
    2,
  ],
  [
    'the callback fails',
    { [`${origin}/callback`]: () => ({ status: 500 }) },
    { issuer },
    /callback answered 500 .*its token request may fail/,
    2,
  ],
  [
    'the sign-in ends without a session',
    { [`${origin}/callback`]: () => redirect('/home', { 'set-cookie': ['sid=none; Path=/'] }) },
    { issuer },
    /led to no session: look at the log/,
    2,
  ],
  [
    'its session cookie is for another host',
    {
      [`${origin}/callback`]: () => redirect('/home', { 'set-cookie': ['sid=right; Path=/; Domain=other.test'] }),
    },
    { issuer },
    /led to no session: browsers refuse a cookie of app\.test, .* \(sid; path=\/; domain=other\.test\)/,
    2,
  ],
  [
    'the state is lost on the way back',
    {
      [`${provider}/passed`]: () => redirect(`${origin}/callback?code=c`),
      [`${origin}/callback`]: () => redirect('/home', { 'set-cookie': ['sid=none; Path=/'] }),
    },
    { issuer },
    /led to no session: the sign-in came back to \/callback without the state/,
    2,
  ],
  [
    'the app says that its store refuses',
    { [`${origin}/callback`]: () => ({ status: 503, headers: { 'x-session-reason': 'store-unavailable' } }) },
    { issuer },
    /callback answered 503 .*the app says store-unavailable in x-session-reason: look at its log\.$/,
    2,
  ],
  [
    'no cookie is set',
    { [`${origin}/callback`]: () => redirect('/home'), [`${origin}/login`]: (call) => redirect(authorize(call)) },
    { issuer },
    /the app set no cookie/,
    2,
  ],
])('a test user, and %s', async (_what, change, description, says, posts) => {
  const { saw, faults } = await knowsASession({ ...withFlow, ...change }, description, { account });
  expect(faults[0] ?? saw).toMatch(says);
  expect(faults.join()).not.toContain(account.password);
  expect(posted).toHaveLength(posts);
});
