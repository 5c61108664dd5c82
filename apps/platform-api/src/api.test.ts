import { http, HttpResponse, passthrough, type HttpResponseResolver } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
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

/** Collects the queries of the requests for a list, which are then answered as usual. */
const queriesOf = (path: string) => {
  const asked: URLSearchParams[] = [];
  server.use(http.get(`*/api/v3${path}`, ({ request }) => void asked.push(new URL(request.url).searchParams)));
  return asked;
};

test('me tells a person apart from an operator', async () => {
  await expect(apiWith().me(await operator())).resolves.toMatchObject({ username: 'olivia', operator: true });
  await expect(apiWith().me(await customer())).resolves.toMatchObject({ username: 'peter', operator: false });
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
  const asked = queriesOf('/core/groups/');
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
        pagination: { count: users.length },
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
  const asked = queriesOf('/core/users/');
  await apiWith().users(await operator());
  await apiWith().userCounts(await operator());
  expect(asked.map((query) => query.getAll('type'))).toEqual(Array.from({ length: 4 }, () => ['internal', 'external']));
});

test('who is deactivated is not active, also after having signed in', async () => {
  respondWith({ is_active: false, last_login: '2026-09-01T12:00:00Z' }, { last_login: null });
  const { users } = await apiWith().users(await operator());
  expect(users.map(({ active }) => active)).toEqual([false, true]);
});

test('lists are read by the page of 50, and searched', async () => {
  const added = Array.from({ length: 60 }, (_, index) => `person-${index}`);
  for (const username of added) await authentik.control.createUser({ username, password: 'any' });
  const names = async (query: object) => {
    const { count, users } = await apiWith().users(await operator(), query);
    return { count, names: users.map(({ username }) => username) };
  };
  const everybody = ['akadmin', 'olivia', 'peter', ...added];
  expect(await names({})).toEqual({ count: 63, names: everybody.slice(0, 50) });
  expect(await names({ page: '2' })).toEqual({ count: 63, names: everybody.slice(50) });
  expect(await names({ page: '-1', search: ' SON-59 ' })).toEqual({ count: 1, names: ['person-59'] });
  await expect(names({ page: '3' })).rejects.toMatchObject({ code: 'not_found' });
  await authentik.control.reset();
});

test('tenants are searched by the name that is shown', async () => {
  const { count, tenants } = await apiWith().tenants(await operator(), { search: 'engin' });
  expect([count, tenants.map(({ name }) => name)]).toEqual([1, ['Basalt Engineering']]);
});

test('users are counted without reading them, at most every 30 seconds', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  await authentik.control.createUser({ username: 'former', password: 'any', isActive: false, lastLogin: Date.now() });
  await authentik.control.createUser({ username: 'recent', password: 'any', lastLogin: Date.now() });
  const asked = queriesOf('/core/users/');
  const api = apiWith();
  const count = async () => api.userCounts(await operator());
  await Promise.all([count(), count()]);
  expect(await count()).toEqual({ all: 5, active: 4, recent: 1 });
  expect(asked.map((query) => query.get('page_size'))).toEqual(['1', '1', '1']);
  vi.setSystemTime(Date.now() + 30_000);
  server.use(http.get('*/core/users/', () => HttpResponse.error(), { once: true }));
  await expect(count()).rejects.toMatchObject({ code: 'upstream_unreachable' });
  await count();
  expect(asked, 'two of the three that failed, and three').toHaveLength(3 + 2 + 3);
  await authentik.control.reset();
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
  { route: 'userCounts', upstream: 'authentik', variables: 'AUTHENTIK_API', authorize: () => operator() },
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

test.each(['mailbox', 'storage'] as const)('%s of somebody who has none is not_found', async (route) => {
  const asked = apiWith()[route](await customer('absent-17'));
  await expect(asked).rejects.toMatchObject({ code: 'not_found', status: 404 });
});

test('an error of Stalwart’s own, sent with status 200, is not a mailbox', async () => {
  server.use(http.get('*/api/principal/*', () => HttpResponse.json({ error: 'other', details: 'Store is down' })));
  await expect(apiWith().mailbox(await customer())).rejects.toMatchObject({ code: 'upstream_failed' });
});
