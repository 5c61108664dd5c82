import type { H3Event } from 'h3';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { Tokens } from '../server/sessions/active-session.ts';
import { storeUnavailable } from '../server/http/failure.ts';
import { timeouts } from '../server/settings/session-times.ts';
import { getFromPlatform } from '../server/utils/platform-api.ts';

const fetched = vi.fn<typeof fetch>();
vi.mock('../server/sessions/session-log.ts', () => ({ logNoSession: vi.fn() }));

const renew = vi.fn<() => Promise<Tokens>>();
const setResponseHeader = vi.fn();
const getQuery = vi.fn(() => ({}));
const storage = { usedBytes: 1, totalBytes: null };
const eventOf = (left = 8500) =>
  ({
    context: {
      requestId: 'request-1',
      deadline: performance.now() + left,
      activeSession: { user: {}, accessToken: 'token', renew },
    },
    node: { req: { headers: { cookie: '__Host-nuxt-oidc-auth=sealed', 'x-forwarded-for': '192.0.2.1' } } },
  }) as unknown as H3Event;
const answers = (...statuses: number[]) => {
  for (const status of statuses)
    fetched.mockResolvedValueOnce(
      Response.json(status === 200 ? storage : { message: `It is ${status}.` }, { status }),
    );
};
const headersSent = () => fetched.mock.calls.map(([, init]) => init?.headers);

beforeAll(() => {
  vi.stubGlobal('useRuntimeConfig', () => ({ platformApiUrl: 'http://platform-api/' }));
  vi.stubGlobal('fetch', fetched);
  vi.stubGlobal('setResponseHeader', setResponseHeader);
  vi.stubGlobal('getQuery', getQuery);
});
beforeEach(() => {
  vi.resetAllMocks();
  getQuery.mockReturnValue({});
  vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterAll(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test('it sends the access token and nothing else of the request', async () => {
  answers(200);
  expect(await getFromPlatform(eventOf(), '/v1/storage')).toEqual(storage);
  expect(fetched.mock.calls[0]?.[0]).toBe('http://platform-api/v1/storage');
  expect(headersSent()).toEqual([
    { authorization: 'Bearer token', accept: 'application/json', 'x-request-id': 'request-1' },
  ]);
  expect(fetched.mock.calls[0]?.[1]?.signal, 'the end of its time').toBeInstanceOf(AbortSignal);
});

test('it passes on the query parameters that it is told to', async () => {
  answers(200);
  getQuery.mockReturnValue({ page: '2', search: 'a b', other: '3' });
  await getFromPlatform(eventOf(), '/v1/storage', ['page', 'search']);
  expect(fetched.mock.calls[0]?.[0]).toBe('http://platform-api/v1/storage?page=2&search=a+b');
});

test('a token that is refused is renewed once', async () => {
  renew.mockResolvedValue({ accessToken: 'another' });
  answers(401, 200);
  expect(await getFromPlatform(eventOf(), '/v1/storage')).toEqual(storage);
  expect(headersSent()).toMatchObject([{ authorization: 'Bearer token' }, { authorization: 'Bearer another' }]);

  answers(401, 401);
  await expect(getFromPlatform(eventOf(), '/v1/storage')).rejects.toMatchObject({ statusCode: 502 });
  expect(renew).toHaveBeenCalledTimes(2);
});

test('what is left of the time of a request limits the wait for platform-api, and a renewal that would take longer', async () => {
  fetched.mockImplementation(
    (_url, init) =>
      new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error))),
  );
  await expect(getFromPlatform(eventOf(20), '/v1/storage')).rejects.toMatchObject({ statusCode: 502 });
  fetched.mockReset();
  answers(401);
  await expect(getFromPlatform(eventOf(3900), '/v1/storage')).rejects.toMatchObject({ statusCode: 502 });
  expect(renew).not.toHaveBeenCalled();
});

test('a renewal takes nothing from the time of the request that follows it', async () => {
  const limits = vi.spyOn(AbortSignal, 'timeout');
  renew.mockResolvedValue({ accessToken: 'another' });
  answers(401, 200);
  await getFromPlatform(eventOf(60_000), '/v1/storage');
  expect(limits.mock.calls, 'a limit for each request').toEqual([[timeouts.platform], [timeouts.platform]]);
  const [first, second] = fetched.mock.calls.map(([, init]) => init?.signal);
  expect(second).not.toBe(first);
});

test('a response that is too long is not read to its end, and a redirect is not followed', async () => {
  fetched.mockResolvedValueOnce(Response.json({ ...storage, other: ' '.repeat(12_000_000) }));
  await expect(getFromPlatform(eventOf(), '/v1/storage')).rejects.toMatchObject({ statusCode: 502 });
  expect(fetched.mock.calls[0]?.[1]?.redirect).toBe('manual');
});

test('a request to platform-api has at most what is left of the time of the request', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const limit = vi.spyOn(AbortSignal, 'timeout');
  for (const left of [2000, 60_000, -1000]) {
    answers(200);
    await getFromPlatform(eventOf(left), '/v1/storage');
  }
  expect(limit.mock.calls).toEqual([[2000], [timeouts.platform], [timeouts.lastPart]]);
});

test('a renewal that the store does not keep says so in the header', async () => {
  renew.mockRejectedValue(storeUnavailable(undefined));
  answers(401);
  await expect(getFromPlatform(eventOf(), '/v1/storage')).rejects.toMatchObject({ statusCode: 503 });
  expect(setResponseHeader).toHaveBeenCalledWith(expect.anything(), 'x-session-reason', 'store-unavailable');
});

test('a session that is over is a 401', async () => {
  renew.mockResolvedValue({ over: 'refused' });
  answers(401);
  await expect(getFromPlatform(eventOf(), '/v1/storage')).rejects.toMatchObject({
    statusCode: 401,
    data: { reason: 'refused' },
  });
  expect(setResponseHeader).toHaveBeenCalledWith(expect.anything(), 'x-session-reason', 'refused');
});

test.each([
  [403, 403, 'It is 403.'],
  [404, 404, 'It is 404.'],
  [501, 501, 'It is 501.'],
  [500, 502, 'This cannot be loaded right now. Please try again in a moment.'],
])('a %i of platform-api is a %i, and renews no token', async (status, statusCode, message) => {
  answers(status);
  await expect(getFromPlatform(eventOf(), '/v1/storage')).rejects.toMatchObject({ statusCode, message });
  expect(renew).not.toHaveBeenCalled();
  expect(fetched).toHaveBeenCalledTimes(1);
});
