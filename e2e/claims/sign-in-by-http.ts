import type { APIRequestContext, APIResponse } from '@playwright/test';
import {
  executorOf,
  passLoginFlow,
  type Credentials,
  type FlowChallenge,
} from '../../fixtures/authentik/browser/login-flow.ts';

export interface HttpSession {
  username: string;
  /** Origin of the app. */
  origin: string;
  /** Has the cookies of the session, for requests other than {@link call}. */
  request: APIRequestContext;
  /** One API call, at a given pod or balanced; follows no redirect. */
  call(path: string, pod?: string): Promise<APIResponse>;
  /** The browser's cookies of the app, as it sends them. */
  cookieHeader(): Promise<string>;
}

/** What sends the requests of a sign-in, with the cookies of one browser. */
interface SignInBrowser {
  /** Follows no redirect. */
  send(url: string): Promise<SignInAnswer>;
  logIn(loginPage: string, person: Credentials): Promise<string>;
}

interface SignInAnswer {
  url: string;
  status: number;
  headers: { location?: string | undefined; 'x-edge-error'?: unknown };
}

/** Inside the app before the provider; from the callback to the home page, or to any page. */
const mostRedirects = { before: 3, home: 2, anyPage: 5 };

/**
 * Signs a user in to an app with the requests that a browser would make, without loading its pages. The cookies are
 * then in `request`. Throws an Error that names the failed request.
 * @param signIn the path that begins a sign-in.
 * @param to.home where it leads; null: to any page of the app.
 * @param to.hasBegun called before the callback.
 * @returns whether Authentik asked for the password.
 */
export async function signInByHttp(
  request: APIRequestContext | SignInBrowser,
  appOrigin: string,
  person: Credentials,
  signIn: string,
  { home = '/', hasBegun }: { home?: string | null | undefined; hasBegun?: (() => Promise<void>) | undefined } = {},
): Promise<boolean> {
  const browser = 'send' in request ? request : withPlaywright(request);
  const { callback, isKnown } = await callbackByHttp(browser, appOrigin, person, signIn);
  await hasBegun?.();
  let end = callback;
  // A failed sign-in leads to a page that does not redirect further.
  const most = home === null ? mostRedirects.anyPage : mostRedirects.home;
  const isHome = (url: string): boolean => home !== null && url === appOrigin + home;
  for (let redirects = 0; !isHome(end); redirects += 1) {
    if (redirects === most) throw new Error(`Signing in by HTTP ended at ${new URL(end).pathname} of ${appOrigin}.`);
    const answer = await browser.send(end);
    // An app without pages has none at home.
    const isPage = answer.status < 400 || (answer.status === 404 && end === `${appOrigin}/`);
    const hasLanded = !answer.headers.location && isPage && redirects > 0;
    if (home === null && hasLanded && end.startsWith(appOrigin)) break;
    end = targetOf(answer);
  }
  return !isKnown;
}

/** Signs in at Authentik. @returns the callback, which is not requested, and whether Authentik asked for no password. */
export async function callbackByHttp(
  request: APIRequestContext | SignInBrowser,
  appOrigin: string,
  person: Credentials,
  signIn: string,
): Promise<{ callback: string; isKnown: boolean }> {
  const browser = 'send' in request ? request : withPlaywright(request);
  let authorize = await redirectOf(browser, appOrigin + signIn);
  for (let redirects = 0; isIn(appOrigin, authorize) && redirects < mostRedirects.before; redirects += 1)
    authorize = await redirectOf(browser, authorize);
  const next = await redirectOf(browser, authorize);
  // Authentik redirects directly to the callback when the user has a session there.
  const isKnown = next.startsWith(appOrigin);
  const callback = isKnown ? next : await redirectOf(browser, await browser.logIn(next, person));
  demandNoError(callback);
  return { callback, isKnown };
}

const isIn = (origin: string, url: string): boolean => new URL(url).origin === origin;

const withPlaywright = (context: APIRequestContext): SignInBrowser => ({
  send: async (url) => {
    const response = await context.get(url, { maxRedirects: 0 });
    return { status: response.status(), url: response.url(), headers: response.headers() };
  },
  logIn: (loginPage, person) =>
    passLoginFlow(loginPage, person, async (page, data) => {
      const executor = executorOf(page);
      const response = data
        ? await context.post(executor, { data, headers: await csrfHeader(context) })
        : await context.get(executor);
      return (await response.json()) as FlowChallenge;
    }),
});

/** Authentik requires it of a user who is signed in there, and has to enter the password again. */
async function csrfHeader(context: APIRequestContext): Promise<Record<string, string>> {
  const { cookies } = await context.storageState();
  const token = cookies.find(({ name }) => name === 'authentik_csrf')?.value;
  return token === undefined ? {} : { 'X-authentik-CSRF': token };
}

/** The target of a redirect. Some libraries redirect with a 200. */
async function redirectOf(browser: SignInBrowser, url: string): Promise<string> {
  return targetOf(await browser.send(url));
}

function targetOf({ url, status, headers }: SignInAnswer): string {
  const { location, 'x-edge-error': edgeError } = headers;
  if (location) return new URL(location, url).href;
  const { origin, pathname, searchParams } = new URL(url);
  // Other parameters may be codes. This one is the reason that the app's sign-in page shows.
  const failed = searchParams.get('failed');
  throw new Error(
    `Signing in by HTTP got no further: ${origin}${pathname}${failed ? `?failed=${failed}` : ''} answered ${status} without a location` +
      `${edgeError ? ` (the edge: ${String(edgeError)})` : ''}.`,
  );
}

/** An error of the provider is in the callback (RFC 6749 section 4.1.2.1), whatever the app makes of it. */
function demandNoError(callback: string): void {
  const { pathname, searchParams } = new URL(callback);
  const refused = searchParams.get('error');
  if (refused === null) return;
  const said = [refused, searchParams.get('error_description')].filter(Boolean).join(': ');
  throw new Error(
    `unproven: the provider refuses the sign-in: "${said}" came to ${pathname}. Correct what the app asks for.`,
  );
}
