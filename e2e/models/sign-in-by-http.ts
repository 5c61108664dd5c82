import type { APIRequestContext, APIResponse } from '@playwright/test';
import type { Person } from '../../fixtures/people.ts';

/** A session of its own person, without a browser. */
export interface HttpSession {
  username: string;
  /** One API call, at a given pod or balanced; follows no redirect. */
  call(path: string, pod?: string): Promise<APIResponse>;
}

/** The part of Authentik's flow executor response that a sign-in reads. */
interface Challenge {
  component: string;
  /** Of `xak-flow-redirect`. */
  to?: string;
}

/**
 * Signs a person in to an app with the requests that a browser would make, without loading page resources: for tests
 * with many sessions. The cookies are then in `request`. Throws an Error that names the failed request.
 */
export async function signInByHttp(request: APIRequestContext, appOrigin: string, person: Person): Promise<void> {
  const authorize = await locationOf(request, `${appOrigin}/auth/oidc/login`);
  const loginPage = await locationOf(request, authorize);
  const { to } = await passLoginFlow(request, new URL(loginPage), person);
  const callback = await locationOf(request, new URL(to ?? '', authorize).href);
  await locationOf(request, callback);
}

/** The target of a redirect. nuxt-oidc-auth 0.18 sometimes redirects with a 200 (oidc.js, loginEventHandler). */
async function locationOf(request: APIRequestContext, url: string): Promise<string> {
  const response = await request.get(url, { maxRedirects: 0 });
  const { location } = response.headers();
  if (!location) throw stuck(response);
  return new URL(location, url).href;
}

/** Identification and password, each an answer to the executor (Authentik, flows/views/executor.py). */
async function passLoginFlow(request: APIRequestContext, page: URL, person: Person): Promise<Challenge> {
  const slug = /^\/if\/flow\/([^/]+)\/$/.exec(page.pathname)?.[1] ?? '';
  const executor = `${page.origin}/api/v3/flows/executor/${slug}/?query=${encodeURIComponent(page.search.slice(1))}`;
  const answers = [
    { component: 'ak-stage-identification', uid_field: person.username },
    { component: 'ak-stage-password', password: person.password },
  ];
  await request.get(executor);
  let response: APIResponse | undefined;
  for (const data of answers) response = await request.post(executor, { data });
  const end = (await response?.json()) as Challenge;
  if (response && end.component !== 'xak-flow-redirect') throw stuck(response, `with ${end.component}`);
  return end;
}

const stuck = (response: APIResponse, how = 'without a location'): Error => {
  const { origin, pathname } = new URL(response.url());
  return new Error(`Signing in by HTTP got no further: ${origin}${pathname} answered ${response.status()} ${how}.`);
};
