import { expect, test } from 'vitest';
import { refusedSignIn } from './authorization-answer.ts';

const back = 'https://app.test/callback';
const request = new URL(`https://id.test/auth?client_id=app&redirect_uri=${encodeURIComponent(back)}`);
const said = (status: number, body = '', location?: string) =>
  refusedSignIn('app.test', request, {
    url: request.href,
    status,
    headers: location === undefined ? {} : { location },
    body,
  });
const refuses =
  /^id\.test refuses the client or its redirect URI: .*: register https:\/\/app\.test\/callback for the client app/;

test.each<[what: string, answer: Parameters<typeof said>, sentence: RegExp]>([
  ['a page of Authentik', [400, '<title>Redirect URI Error</title>'], refuses],
  ['a page of Keycloak', [400, '<p>Invalid parameter: redirect_uri</p>'], /400 "Invalid parameter: redirect_uri"/],
  ['JSON', [401, '{"error":"invalid_client","error_description":"who?"}'], /401 "invalid_client: who\?"/],
  ['a page of Entra, served well', [200, '<script>{"m":"AADSTS50011: The redirect URI"}</script>'], refuses],
  ['a page that says so and is served well', [200, '<form></form><h1>Unknown client</h1>'], refuses],
  ['a page without a form', [200, '<h1>Something went wrong</h1>'], /200 "Something went wrong"/],
  ['nothing', [204], refuses],
  [
    'the way back with an error',
    [302, '', `${back}?error=unauthorized_client&state=1`],
    /refuses the sign-in: .*302 "unauthorized_client".*grant types/,
  ],
  ['the way back with a fragment', [302, '', `${back}#error=invalid_scope`], /302 "invalid_scope"/],
  ['the way back of a broken provider', [302, '', `${back}?error=server_error`], /^id\.test fails/],
  ['a page of errors elsewhere', [302, '', '/oauth/error?authError=abc'], /302 "abc"/],
  ['no such realm', [404, '{"error":"Realm does not exist"}'], /^id\.test has no such endpoint: .*look at the issuer/],
  ['a provider that is away', [502, '<h1>Bad Gateway</h1>'], /^id\.test fails: .*look whether it runs/],
  ['a rate limit', [429], /^id\.test limits requests/],
  ['a challenge of a CDN', [403, '<title>Just a moment...</title>'], /^id\.test refuses the request, .*firewall/],
  ['a callback that Auth0 does not know', [403, '<h1>Callback URL mismatch.</h1>'], refuses],
  ['a page in German', [400, '<h1>Redirect-URI-Fehler</h1>'], refuses],
  ['a limit of an ingress', [400, '<h1>400 Bad Request</h1> Cookie Too Large'], /^id\.test refuses the request, /],
])('%s is no login', (_what, answer, sentence) => {
  expect(said(...answer)).toMatch(sentence);
});

test.each<[what: string, answer: Parameters<typeof said>]>([
  ['a redirect to the login', [302, '', '/if/flow/login/?next=%2F']],
  ['a page with a form', [200, '<form action="/login?redirect_uri=x"><input type="password"></form>']],
  ['a page that scripts make', [200, '<ak-flow></ak-flow><script src="/a.js"></script>']],
  ['a silent request of a known client', [302, '', `${back}?error=login_required`]],
  ['the way back of a user who is known', [303, '', `${back}?code=1`]],
])('%s is a login', (_what, answer) => {
  expect(said(...answer)).toBeUndefined();
});

test('no redirect URI with http is to be registered', () => {
  const plain = new URL(request);
  plain.searchParams.set('redirect_uri', back.replace('https:', 'http:'));
  const answer = { url: plain.href, status: 400, headers: {}, body: 'redirect_uri' };
  expect(refusedSignIn('app', plain, answer)).toMatch(/its redirect_uri has http: look what rewrites redirects/);
});
