import { http, HttpResponse, passthrough, type HttpResponseResolver } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startAuthentik } from '../../../fixtures/authentik/server/start.ts';
import { hang } from '../../../fixtures/upstreams/behaviour.ts';
import { handlers } from '../../../fixtures/upstreams/handlers.ts';
import { authUrl, Issuer } from '../test/authentik.ts';
import type { ErrorCode } from './api-error.ts';
import { createApi, type Api } from './api.ts';
import { readConfig } from './config.ts';

const dezkyTenant = (name: string, plan: string, domain: string) => ({ dezky_tenant: { name, plan, domain } });
const authentik = await startAuthentik({
  users: [
    { username: 'olivia', password: 'any', groups: ['dezky-operators'] },
    { username: 'peter', password: 'any', groups: ['dezky-customers', 'tenant-aurora'] },
  ],
  groups: [
    { name: 'tenant-aurora', attributes: dezkyTenant('Aurora Studio', 'team', 'aurora.test') },
    { name: 'tenant-basalt', attributes: dezkyTenant('Basalt Engineering', 'business', 'basalt.test') },
  ],
});

const environment = {
  AUTH_URL: authUrl,
  AUTHENTIK_API_URL: `${authentik.url}/api/v3`,
  AUTHENTIK_API_TOKEN: authentik.apiToken,
  STALWART_URL: 'http://upstreams/stalwart',
  STALWART_TOKEN: 'stalwart-token',
  OCIS_URL: 'http://upstreams/ocis',
  OCIS_TOKEN: 'ocis-token',
  UPSTREAM_TIMEOUT_MS: '5000',
};
const tokens = { stalwart: 'stalwart-token', ocis: 'ocis-token' };

const apiWith = (changes: Record<string, string> = {}): Api =>
  createApi(readConfig({ ...environment, ...changes }), (...request) => fetch(...request));

const issuer = await Issuer.create();
const operator = (changes?: Record<string, unknown>) => issuer.authorization('operator', changes);
const customer = (username = 'peter') =>
  issuer.authorization('portal', { preferred_username: username, groups: ['dezky-customers'] });

const mock = [authentik.url, authentik.controlUrl].map((url) => http.all(`${url}/*`, () => passthrough()));
const server = setupServer(...handlers(tokens), ...issuer.handlers(), ...mock);
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(async () => {
  server.close();
  await authentik.close();
});

test('me tells a person apart from an operator', async () => {
  await expect(apiWith().me(await operator())).resolves.toMatchObject({ username: 'olivia', operator: true });
  await expect(apiWith().me(await customer())).resolves.toMatchObject({ username: 'peter', operator: false });
});

test.each(['me', 'tenants', 'users', 'mailbox', 'storage'] as const)('%s needs a token', async (route) => {
  await expect(apiWith()[route](undefined)).rejects.toMatchObject({ status: 401 });
});

test.each(['tenants', 'users'] as const)('%s is for operators, by the group in the token', async (route) => {
  await expect(apiWith()[route](await operator({ groups: ['dezky-customers'] }))).rejects.toMatchObject({
    status: 403,
    body: { error: 'forbidden', message: 'Only operators may see this.' },
  });
  const others = [undefined, [], ['dezky-operators-trainee', 'former-dezky-operators', 'Dezky-Operators']];
  for (const groups of others)
    await expect(apiWith()[route](await operator({ groups }))).rejects.toMatchObject({ status: 403 });
  await expect(apiWith()[route](await operator())).resolves.toBeDefined();
});

test.each([
  ['tenants', 'portal'],
  ['users', 'portal'],
  ['mailbox', 'operator'],
  ['storage', 'operator'],
] as const)('%s is not for tokens of %s, also not those of an operator', async (route, slug) => {
  await expect(apiWith()[route](await issuer.authorization(slug))).rejects.toMatchObject({
    status: 403,
    body: { error: 'forbidden', message: `This is not for tokens of ${slug}.` },
  });
});

test('tenants are the groups with the tenant attribute', async () => {
  const { tenants } = await apiWith().tenants(await operator());
  expect(tenants).toHaveLength(2);
  expect(tenants[0]).toEqual({
    id: expect.any(String),
    group: 'tenant-aurora',
    name: 'Aurora Studio',
    plan: 'team',
    domain: 'aurora.test',
    members: 1,
  });
});

test('groups are asked for in the way that takes Authentik one query for a page, and not two for each group', async () => {
  const asked: URLSearchParams[] = [];
  server.use(
    http.get('*/api/v3/core/groups/', ({ request }) => {
      asked.push(new URL(request.url).searchParams);
    }),
  );
  await apiWith().tenants(await operator());
  expect(asked.map((query) => Object.fromEntries(query))).toMatchObject([
    { include_users: 'false', include_children: 'true', include_parents: 'true' },
  ]);
});

test('users are people with their groups', async () => {
  const { users } = await apiWith().users(await operator());
  expect(users.map(({ username, groups }) => [username, groups])).toEqual([
    ['akadmin', ['authentik Admins']],
    ['olivia', ['dezky-operators']],
    ['peter', ['dezky-customers', 'tenant-aurora']],
  ]);
});

/** Answers with these users in one page. */
const respondWith = (...users: Array<Record<string, unknown>>) =>
  server.use(
    http.get('*/core/users/', () =>
      HttpResponse.json({
        pagination: { next: 0 },
        results: users.map((each, pk) => ({
          pk,
          uuid: `${pk}`,
          username: `${pk}`,
          name: '',
          is_active: true,
          ...each,
        })),
      }),
    ),
  );

test('service accounts are no users', async () => {
  respondWith({ type: 'internal' }, { type: 'service_account' }, { type: 'internal_service_account' });
  expect((await apiWith().users(await operator())).users.map(({ pk }) => pk)).toEqual([0]);
});

test('who is deactivated is not active, also after having signed in', async () => {
  respondWith({ is_active: false, last_login: '2026-09-01T12:00:00Z' }, { last_login: null });
  const { users } = await apiWith().users(await operator());
  expect(users.map(({ active }) => active)).toEqual([false, true]);
});

test('every page of a list is read', async () => {
  const added = Array.from({ length: 250 }, (_, index) => `person-${index}`);
  for (const username of added) await authentik.control.createUser({ username, password: 'any' });
  const { users } = await apiWith().users(await operator());
  await authentik.control.reset();
  expect(users.map(({ username }) => username)).toEqual(['akadmin', 'olivia', 'peter', ...added]);
});

test('a list whose next page is the same one again is refused', async () => {
  server.use(http.get('*/core/users/', () => HttpResponse.json({ pagination: { next: 1 }, results: [] })));
  await expect(apiWith().users(await operator())).rejects.toMatchObject({ code: 'upstream_invalid' });
});

test('the time limit is for the list, not for each of its pages', async () => {
  let pages = 0;
  server.use(
    http.get('*/core/users/', async ({ request }) => {
      pages += 1;
      await new Promise((resolve) => setTimeout(resolve, 40));
      const page = Number(new URL(request.url).searchParams.get('page'));
      return HttpResponse.json({ pagination: { next: page + 1 }, results: [] });
    }),
  );
  await expect(apiWith({ UPSTREAM_TIMEOUT_MS: '100' }).users(await operator())).rejects.toMatchObject({
    code: 'upstream_timeout',
  });
  expect(pages).toBeLessThanOrEqual(3);
});

test('mailbox and storage are the caller’s own', async () => {
  await expect(apiWith().mailbox(await customer('ann'))).resolves.toEqual({
    addresses: ['ann@dezky.example'],
    usedBytes: expect.any(Number),
    quotaBytes: 10 * 1024 ** 3,
  });
  const storage = await apiWith().storage(await customer('ann'));
  expect(storage).toMatchObject({ totalBytes: 50 * 1024 ** 3, state: 'normal' });
  expect(storage.usedBytes + (storage.remainingBytes ?? 0)).toBe(storage.totalBytes);
});

test('no limit is null, not zero', async () => {
  await expect(apiWith().mailbox(await customer('unlimited'))).resolves.toMatchObject({ quotaBytes: null });
  await expect(apiWith().storage(await customer('unlimited'))).resolves.toMatchObject({
    totalBytes: null,
    remainingBytes: null,
  });
});

test('a username cannot leave its place in the upstream’s path', async () => {
  let path = '';
  server.use(
    http.get('http://upstreams/*', ({ request }) => {
      path = new URL(request.url).pathname;
      return HttpResponse.json({ error: 'notFound', item: '' });
    }),
  );
  await expect(apiWith().mailbox(await customer('../../admin?x='))).rejects.toMatchObject({ code: 'not_found' });
  expect(path).toBe('/stalwart/api/principal/..%2F..%2Fadmin%3Fx%3D');
  await expect(apiWith().storage(await customer('../../admin?x='))).rejects.toMatchObject({ upstream: 'ocis' });
  expect(path).toBe('/ocis/graph/v1.0/users/..%2F..%2Fadmin%3Fx%3D');
});

const routes = [
  { route: 'users', upstream: 'authentik', variables: 'AUTHENTIK_API', authorize: () => operator() },
  { route: 'tenants', upstream: 'authentik', variables: 'AUTHENTIK_API', authorize: () => operator() },
  { route: 'mailbox', upstream: 'stalwart', variables: 'STALWART', authorize: () => customer() },
  { route: 'storage', upstream: 'ocis', variables: 'OCIS', authorize: () => customer() },
] as const;

test.each(routes)('$route without $upstream is "not configured"', async ({ route, upstream, variables, authorize }) => {
  const api = apiWith({ [`${variables}_URL`]: '', [`${variables}_TOKEN`]: '' });
  await expect(api[route](await authorize())).rejects.toMatchObject({
    status: 501,
    body: { error: 'not_configured', message: expect.stringMatching(/ is not configured here\.$/), upstream },
  });
  expect(api.health().upstreams[upstream]).toBe(false);
  expect(apiWith().health().upstreams[upstream]).toBe(true);
});

const failures: Array<{ what: string; code: ErrorCode; resolver: HttpResponseResolver }> = [
  { what: 'answers 500', code: 'upstream_failed', resolver: () => new HttpResponse('{}', { status: 500 }) },
  { what: 'is down', code: 'upstream_unreachable', resolver: () => HttpResponse.error() },
  { what: 'never answers', code: 'upstream_timeout', resolver: ({ request }) => hang(request) },
  {
    what: 'sends other JSON',
    code: 'upstream_invalid',
    resolver: () => HttpResponse.json({ data: { usedQuota: '12' }, drive: {} }),
  },
];

test.each(routes.flatMap((route) => failures.map((failure) => ({ ...route, ...failure }))))(
  '$route is 502 $code when $upstream $what',
  async ({ route, upstream, authorize, code, resolver }) => {
    server.use(http.get('http://upstreams/*', resolver), http.get(`${authentik.url}/*`, resolver));
    await expect(apiWith({ UPSTREAM_TIMEOUT_MS: '100' })[route](await authorize())).rejects.toMatchObject({
      status: 502,
      body: { error: code, message: expect.stringMatching(/^(Authentik|Stalwart|OCIS) .+\.$/), upstream },
    });
  },
);

test.each(routes)(
  '$route with a wrong service token blames $upstream',
  async ({ route, upstream, variables, authorize }) => {
    const api = apiWith({ [`${variables}_TOKEN`]: 'wrong' });
    await expect(api[route](await authorize())).rejects.toMatchObject({
      code: 'upstream_failed',
      status: 502,
      upstream,
    });
  },
);

test.each([
  ['mailbox', 'absent', 'not_found', 404],
  ['storage', 'absent', 'not_found', 404],
] as const)('%s of somebody %s-… is %s', async (route, word, code, status) => {
  await expect(apiWith()[route](await customer(`${word}-17`))).rejects.toMatchObject({ code, status });
});

test('an error of Stalwart’s own, sent with status 200, is not a mailbox', async () => {
  server.use(http.get('*/api/principal/*', () => HttpResponse.json({ error: 'other', details: 'Store is down' })));
  await expect(apiWith().mailbox(await customer())).rejects.toMatchObject({ code: 'upstream_failed' });
});
