import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { signOutLocation, redirectWithoutBody } from './end-session-url.ts';
import type { H3Event } from 'h3';

const oidc = {
  logoutUrl: 'https://auth.dezky.example/application/o/portal/end-session/',
  logoutRedirectUri: 'https://portal.dezky.example/signed-out',
};
beforeEach(() => vi.stubGlobal('useRuntimeConfig', () => ({ oidc: { providers: { oidc } } })));
afterEach(() => vi.unstubAllGlobals());

/** The address that the cancel view of Authentik redirects to. */
const next = (idToken?: string): URL => {
  const { origin, pathname, searchParams } = new URL(signOutLocation(idToken));
  expect(`${origin}${pathname}`).toBe('https://auth.dezky.example/flows/-/cancel/');
  return new URL(searchParams.get('next') ?? '', origin);
};

test.each(['token', 'x'.repeat(8192)])('with an id token the person comes back', (idToken) => {
  const { origin, pathname, searchParams } = next(idToken);
  expect(origin + pathname).toBe(oidc.logoutUrl);
  expect(Object.fromEntries(searchParams)).toEqual({
    post_logout_redirect_uri: oidc.logoutRedirectUri,
    id_token_hint: idToken,
  });
});

test.each([undefined, '', 'x'.repeat(8193)])(
  'without one, or with one that is too long, nothing is asked for',
  (idToken) => {
    expect(next(idToken).href).toBe(oidc.logoutUrl);
  },
);

const h3 = vi.hoisted(() => ({ setResponseHeader: vi.fn(), setResponseStatus: vi.fn() }));
vi.mock('h3', () => h3);

test('a redirect has its status and address, and a body that does not repeat the address', () => {
  const event = {} as H3Event;
  const address = 'https://auth.example/?id_token_hint=a';
  expect(redirectWithoutBody(event, address, 303)).toBe('');
  expect(h3.setResponseStatus).toHaveBeenCalledExactlyOnceWith(event, 303);
  expect(h3.setResponseHeader).toHaveBeenCalledExactlyOnceWith(event, 'location', address);
});
