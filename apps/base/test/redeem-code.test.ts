import type { ServerResponse } from 'node:http';
import type { H3Event } from 'h3';
import callback from 'nuxt-oidc-auth/runtime/server/handler/callback.js';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { redeemCode } from '../server/nuxt-oidc-auth/redeem-code.ts';
import { isIssuedTo } from '../server/nuxt-oidc-auth/session-entry.ts';
import { sessions } from '../server/sessions/sessions.ts';

// What these do needs Nuxt and Authentik; the specs run them. Here it is what the sign-in makes of them.
vi.mock('h3', () => ({
  createError: (error: object) => error,
  createEvent: (req: object, res: object) => ({ node: { req, res } }),
  isError: (error: object) => 'statusCode' in error,
}));
vi.mock('nuxt-oidc-auth/runtime/server/handler/callback.js', () => ({ default: vi.fn() }));
vi.mock('nuxt-oidc-auth/runtime/server/utils/session.js', () => ({ getUserSessionId: async () => 'new' }));
vi.mock('../server/nuxt-oidc-auth/session-entry.ts', () => ({ isIssuedTo: vi.fn() }));

const sent: unknown[] = [];
const event = { node: { req: { method: 'GET' } }, context: {} } as unknown as H3Event;
const callbackEnds = (end: (response: ServerResponse) => void) =>
  vi.mocked(callback as unknown as (attempt: H3Event) => Promise<void>).mockImplementation(async ({ node }) => {
    node.res.setHeader('set-cookie', 'session=new');
    end(node.res);
  });
const at = (location: string) => (response: ServerResponse) => void response.setHeader('location', location);

beforeAll(() => {
  const oidc = { callbackRedirectUrl: '/auth/return', clientId: 'portal' };
  vi.stubGlobal('useRuntimeConfig', () => ({ oidc: { providers: { oidc } } }));
  vi.stubGlobal('appendResponseHeader', (_event: H3Event, _name: string, value: string) => void sent.push(value));
});
beforeEach(() => {
  sent.length = 0;
  vi.spyOn(console, 'error').mockImplementation(() => {});
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  vi.spyOn(sessions, 'remove').mockResolvedValue();
  vi.spyOn(sessions, 'read').mockResolvedValue({ exp: 1, iat: 0, accessToken: {} as never });
  vi.spyOn(sessions, 'endedSince').mockResolvedValue(false);
  vi.mocked(isIssuedTo).mockResolvedValue(true);
  callbackEnds(at('/auth/return'));
});
afterAll(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test('a code that is redeemed sets the cookie', async () => {
  expect(await redeemCode(event)).toBeUndefined();
  expect(sent).toEqual(['session=new']);
});

test.each<[string, () => unknown, string, boolean]>([
  [
    'a token response without tokens',
    () =>
      callbackEnds(() => {
        throw new TypeError('tokens are missing');
      }),
    'unavailable',
    false,
  ],
  ['a redirect elsewhere', () => callbackEnds(at('/')), 'unavailable', false],
  ['no stored session', () => vi.mocked(sessions.read).mockResolvedValue(null), 'misconfigured', false],
  ['a session that has ended', () => vi.mocked(sessions.endedSince).mockResolvedValue(true), 'unavailable', true],
  ['tokens of another client', () => vi.mocked(isIssuedTo).mockResolvedValue(false), 'misconfigured', true],
])('%s sets no cookie', async (_what, prepare, failed, removes) => {
  prepare();
  expect(await redeemCode(event)).toBe(failed);
  expect(sent).toEqual([]);
  expect(vi.mocked(sessions.remove).mock.calls).toEqual(removes ? [['new']] : []);
});
