import { contract, routes } from '../contract.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { agedCookie, secretOf, sessionSecretOf } from '../models/sealed-cookie.ts';
import { shows } from '../requirements/requirements.ts';
import { AuthentikLogin } from '../claims/authentik-login.ts';

const appName = layerApp('operator');

/** `set-cookie-string` of RFC 6265bis section 4.1.1. Without dates: a cookie lives by the clock of the browser. */
const grammar =
  /^[!#$%&'*+\-.^_`|~\w]+=[\x21\x23-\x2B\x2D-\x3A\x3C-\x5B\x5D-\x7E]*(?:; ?(?:Max-Age=\d+|Path=\/|Secure|HttpOnly|SameSite=Lax))*$/;

const nameOf = (header: string): string => header.slice(0, header.indexOf('='));
const attributesOf = (header: string): string[] =>
  header
    .split(';')
    .slice(1)
    .map((attribute) => nameOf(`${attribute.trim().toLowerCase()}=`));
const repeated = (names: readonly string[]): string[] => names.filter((name, index) => names.indexOf(name) !== index);

test.use({ appName });

test(
  'no response sets a cookie twice, or one that a browser may read in another way',
  {
    tag: ['@cookie-attributes-twice', '@cookie-set-twice', '@renewed-cookie-set-twice'],
    annotation: shows(
      'RFC 6265bis 4.1.1 grammar',
      'RFC 6265bis 4.1.1 encoding',
      'RFC 6265bis 4.1.1 attributes',
      'RFC 6265bis 4.1.1 names',
      'RFC 6265bis 4.1.1 dates',
    ),
  },
  async ({ app, manifests, newPerson }) => {
    const answers = await app.responsesDuring(async () => {
      await app.goto('/');
      await app.signInControl.click();
      await new AuthentikLogin(app.page).signIn(await newPerson());
      await app.expectSignedIn();
      await app.startSignIn();
      await app.expectSignedIn();
      // A page renews a cookie of more than half of its lifetime.
      const cookies = await app.context.cookies(app.origin);
      const session = cookies.find(({ name }) => name === contract.sessionCookie)!;
      const age = (contract.lifetimeSeconds / 2) * 1000 + 3_600_000;
      const value = await agedCookie(session.value, age, sessionSecretOf(appName, manifests));
      await app.context.addCookies([{ ...session, value }]);
      await app.goto('/');
      await app.expectSignedIn();
      await app.signOut();
    });
    const seen = await Promise.all(
      answers.map(async (answer) => {
        const cookies = (await answer.headersArray()).filter(({ name }) => name.toLowerCase() === 'set-cookie');
        const { pathname } = new URL(answer.url());
        return { what: `${answer.request().method()} ${pathname}`, cookies: cookies.map(({ value }) => value) };
      }),
    );
    const set = seen.flatMap(({ what, cookies }) => cookies.map((header) => ({ what, header })));
    expect(new Set(set.map(({ header }) => nameOf(header))), 'cookies that were set').toEqual(
      new Set([contract.sessionCookie, contract.attemptCookie, '__Host-dezky-return-to']),
    );
    const isRenewal = ({ what, header }: { what: string; header: string }) =>
      what === 'GET /' && nameOf(header) === contract.sessionCookie;
    expect(set.some(isRenewal), 'a page has renewed the session cookie').toBe(true);
    // Without values, which must not be in a report.
    const described = ({ what, header }: { what: string; header: string }) =>
      `${what}: ${header.replace(/=[^;]*/, '=…')}`;
    expect(
      set.filter(({ header }) => repeated(attributesOf(header)).length > 0).map(described),
      'attributes twice',
    ).toEqual([]);
    expect(set.filter(({ header }) => !grammar.test(header)).map(described), 'outside of the grammar').toEqual([]);
    const lacking = set.flatMap(({ what, header }) =>
      ['secure', 'httponly', 'samesite', 'path']
        .filter((name) => !attributesOf(header).includes(name))
        .map((name) => `${described({ what, header })} has no ${name}`),
    );
    expect(lacking, 'attributes that are missing, also when a cookie is deleted').toEqual([]);
    expect(
      seen.flatMap(({ what, cookies }) => repeated(cookies.map(nameOf)).map((name) => `${what}: ${name}`)),
      'cookies that a response sets twice',
    ).toEqual([]);
  },
);

test(
  'after a sign-in the browser has no state of it any more, and after a sign-out no session',
  {
    tag: ['@state-kept-after-sign-in', '@sign-out-keeps-cookie'],
    annotation: shows('RFC 9700 4.2.4 state', 'store clear cookie'),
  },
  async ({ app, newPerson }) => {
    const names = async () => (await app.context.cookies(app.origin)).map(({ name }) => name);
    await app.startSignIn();
    const login = new AuthentikLogin(app.page);
    await expect(login.username, 'the login form').toBeVisible();
    expect(await names(), 'cookies during a sign-in').toContain(contract.attemptCookie);
    const answers = await app.responsesDuring(async () => {
      await login.signIn(await newPerson());
      await app.expectSignedIn();
    });
    expect(await names(), 'cookies after a sign-in').not.toContain(contract.attemptCookie);
    expect(await names(), 'cookies after a sign-in').toContain(contract.sessionCookie);
    await app.signOut();
    expect(await names(), 'cookies after a sign-out').not.toContain(contract.sessionCookie);
    const callback = answers.map((answer) => answer.url()).find((url) => new URL(url).pathname === routes.callback);
    await app.goto(callback!.slice(app.origin.length));
    await expect(app.page, 'where a callback leads that was requested before').toHaveURL(
      /\/sign-in\?failed=unfinished$/,
    );
    expect((await app.call('/api/me')).status(), 'a session by that callback').toBe(401);
  },
);

/** A second factor, a password manager or a reset take that long. */
const minutes = 5;

test(
  `a user has ${minutes} minutes to sign in at Authentik`,
  { tag: ['@sign-in-takes-a-minute'] },
  async ({ app, manifests, newPerson }) => {
    const started = Date.now();
    await app.goto('/sign-in');
    await app.signInControl.click();
    const login = new AuthentikLogin(app.page);
    await expect(login.username, 'the login form').toBeVisible();
    const cookies = await app.context.cookies(app.origin);
    const short = cookies.filter(({ expires }) => expires !== -1 && expires * 1000 < started + minutes * 60_000 - 1000);
    expect(
      short.map(({ name }) => name),
      `cookies of the sign-in that the browser keeps for less than ${minutes} minutes`,
    ).toEqual([]);
    const attempt = cookies.find(({ name }) => name === contract.attemptCookie);
    const secret = secretOf(appName, manifests, 'NUXT_OIDC_AUTH_SESSION_SECRET');
    // A minute less, in which this user signs in.
    const value = await agedCookie(attempt?.value ?? '', (minutes - 1) * 60_000, secret);
    await app.context.addCookies([{ ...attempt!, value }]);
    await login.signIn(await newPerson());
    await expect
      .poll(() => app.page.url().slice(0, 100), 'where a sign-in of more than four minutes ends')
      .toBe(`${app.origin}/`);
    await app.expectSignedIn();
  },
);
