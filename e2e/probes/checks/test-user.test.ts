import { expect, test } from 'vitest';
import { LedElsewhere } from '../visitor.ts';
import { signInByHttp } from '../../claims/sign-in-by-http.ts';
import { inFrontOfPods } from '../rules/next-step.ts';
import { adviceFor, signOutOf } from './test-user.ts';

const elsewhere = new URL('https://login.example/end-session/');
test('a sign-out that leads elsewhere ends there', async () => {
  const send = () => Promise.reject(new LedElsewhere('it leads elsewhere'));
  const visitor = { hops: [elsewhere], send, follow: () => Promise.reject(new Error('unused')) };
  expect(await signOutOf(visitor, 'https://operator.example')).toEqual({ url: elsewhere.href, status: 0 });
});

const own = 'https://operator.example';
test.each([
  ['unavailable', 200, 'the client secret or the issuer of operator'],
  ['misconfigured', 200, 'its provider gives no refresh token'],
  ['unfinished', 200, 'compare NUXT_OIDC_AUTH_SESSION_SECRET of the pods'],
  [undefined, 400, 'compare client id and redirect URIs'],
  [undefined, 502, 'look whether Authentik runs'],
  [undefined, 429, 'something before Authentik refuses the request'],
  ['other', 200, 'kubectl logs -l app.kubernetes.io/name=operator --prefix'],
])('a sign-in that ends with failed=%s, status %i', async (failed, status, advice) => {
  const end = failed ? `${own}/sign-in?failed=${failed}` : 'https://auth.example/application/o/authorize/';
  const send = async (url: string) => (url === end ? { url, status, headers: {} } : redirectTo(url, end));
  const browser = { send, logIn: () => Promise.reject(new Error('unused')) };
  const error = await signInByHttp(browser, own, { username: 'u', password: 'p' }, '/login').catch(String);
  expect(adviceFor(String(error), 'operator')).toContain(advice);
});

const redirectTo = (url: string, location: string) => ({ url, status: 302, headers: { location } });

test('an answer that names no pod is of what is before the pods, unless more is known', () => {
  const answered = (status: number) =>
    `https://operator.example/auth/oidc/callback answered ${status} without a location`;
  expect(adviceFor(answered(403), 'operator', inFrontOfPods)).toContain('names no pod, as those of operator do');
  expect(adviceFor(answered(414), 'operator', inFrontOfPods)).toContain('a limit of sizes');
});

test.each([
  ['it leads to https://auth.dezky.local/application/o/authorize/', 'NUXT_PUBLIC_AUTH_URL'],
  ['it leads to https://team.example/access/login', 'which ingress or proxy redirects there'],
  [
    '/api/v3/flows/executor/default/ answered 403, and no challenge of a flow',
    'the rules of the ingress in front of Authentik',
  ],
  ['https://operator.example/auth/oidc/callback answered 414 without a location', 'a limit of sizes'],
  ['it leads to http://auth.example/application/o/authorize/', 'leads to plain http'],
  [
    'unproven: the provider refuses the sign-in: "invalid_scope" came to /callback',
    'compare its provider at Authentik',
  ],
  ['/api/v3/flows/executor/default/ answered 500, and no challenge of a flow', 'look whether Authentik runs'],
])('a sign-in that got no further because %s', (where, advice) => {
  expect(adviceFor(where, 'operator')).toContain(advice);
});
