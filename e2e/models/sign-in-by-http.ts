import type { APIResponse } from '@playwright/test';
import type { Person } from '../../fixtures/people.ts';
import { passLoginFlow, type Challenge } from './login-flow.ts';

/** A session without a browser. */
export interface HttpSession {
  username: string;
  /** One API call, at a given pod or balanced; follows no redirect. */
  call(path: string, pod?: string): Promise<APIResponse>;
}

/**
 * An HTTP client that keeps cookies, such as Playwright's APIRequestContext. It follows redirects unless told not to.
 */
export interface SignInClient {
  get(url: string, options?: { maxRedirects: 0 }): Promise<SignInAnswer>;
  post(url: string, options: { data: object }): Promise<SignInAnswer>;
}

/** The part of a response that a sign-in reads. */
export interface SignInAnswer {
  status(): number;
  url(): string;
  headers(): Record<string, string>;
  json(): Promise<unknown>;
}

/**
 * Signs a user in to an app with the requests that a browser would make, without loading its pages. The cookies are
 * then in `request`. Throws an Error that names the failed request.
 * @returns whether Authentik asked for the password.
 */
export async function signInByHttp(request: SignInClient, appOrigin: string, person: Person): Promise<boolean> {
  const authorize = await locationOf(request, `${appOrigin}/auth/oidc/login`);
  const next = await locationOf(request, authorize);
  // Authentik redirects directly to the callback when the user has a session there.
  const isKnown = next.startsWith(appOrigin);
  const back = await locationOf(request, isKnown ? next : await passLogin(request, next, person));
  // A failed sign-in redirects to the sign-in page, which does not redirect further.
  const end = await locationOf(request, back);
  if (end !== `${appOrigin}/`) throw new Error(`Signing in by HTTP ended at ${new URL(end).pathname} of ${appOrigin}.`);
  return !isKnown;
}

/** @returns the address of the callback. */
async function passLogin(request: SignInClient, loginPage: string, person: Person): Promise<string> {
  const to = await passLoginFlow(loginPage, person, async (executor, data) => {
    const response = data ? await request.post(executor, { data }) : await request.get(executor);
    return (await response.json()) as Challenge;
  });
  return locationOf(request, to);
}

/** The target of a redirect. nuxt-oidc-auth 0.18 sometimes redirects with a 200 (oidc.js, loginEventHandler). */
async function locationOf(request: SignInClient, url: string): Promise<string> {
  const response = await request.get(url, { maxRedirects: 0 });
  const { location } = response.headers();
  if (!location) throw stuck(response);
  return new URL(location, url).href;
}

const stuck = (response: SignInAnswer): Error => {
  const { origin, pathname, searchParams } = new URL(response.url());
  // Other parameters may be codes. This one is the reason that the app's sign-in page shows.
  const failed = searchParams.get('failed');
  const { 'x-edge-error': edgeError } = response.headers();
  return new Error(
    `Signing in by HTTP got no further: ${origin}${pathname}${failed ? `?failed=${failed}` : ''} answered ${response.status()} without a location` +
      `${edgeError ? ` (the edge: ${edgeError})` : ''}.`,
  );
};
