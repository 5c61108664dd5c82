import { parseSetCookie } from 'cookie-es';
import type { Cookie } from '@playwright/test';
import { decodeJwt } from 'jose';
import { groups } from '../../fixtures/people.ts';
import { bareName, contract } from '../contract.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import type { App } from '../models/app.ts';
import { precondition } from '../models/precondition.ts';
import { agedCookie, sealedDataIn, secretOf, sessionSecretOf } from '../models/sealed-cookie.ts';
import { unspentCallback } from '../models/unspent-callback.ts';
import { AuthentikLogin } from '../claims/authentik-login.ts';
import { shows } from '../requirements/requirements.ts';

const appName = layerApp('operator');

const day = 24 * 60 * 60;
const { lifetimeDays } = contract;
const bareSession = bareName(contract.sessionCookie);
const bareAttempt = bareName(contract.attemptCookie);
/** The cookie is renewed when more than half of its lifetime has passed. */
const overHalf = lifetimeDays / 2 + 1;
/** The data that a browser stores for a cookie, including name and attributes (RFC 6265 section 6.1). */
const maxCookieBytes = 4096;

/** The cookie of an app under the name without a prefix; another test checks its real name. */
async function cookieOf(app: App, bare: string): Promise<Cookie> {
  const cookies = await app.context.cookies(app.origin);
  const found = cookies.find(({ name }) => bareName(name) === bare);
  if (!found) throw new Error(`${app.name} has set no cookie ${bare}, but ${cookies.map(({ name }) => name)}.`);
  return found;
}

/** A cookie that a sibling host can set: for the common domain. */
const tossed = (app: App, name: string, value: string) => {
  const domain = new URL(app.origin).hostname.replace(/^[^.]+/, '');
  return { name, value, domain, path: '/', secure: true, httpOnly: true, sameSite: 'Lax' as const };
};

test.use({ appName });

test(
  `the session cookie lasts ${contract.lifetimeDays} days, for this host only, and is out of reach of scripts and other sites`,
  {
    tag: ['@cookie-without-host-prefix', '@cookie-ends-early', '@cookie-expiry-by-pod-clock'],
    annotation: shows(
      'ASVS 3.3.1',
      'ASVS 3.3.2',
      'ASVS 3.3.3',
      'ASVS 3.3.4',
      'RFC 6265bis 4.1.3',
      'RFC 6265bis 8.3 Secure',
      'store save cookie',
    ),
  },
  async ({ app, newPerson }) => {
    const person = await newPerson();
    const answers = await app.responsesDuring(() => app.signIn(person));
    const callback = answers.find((answer) => new URL(answer.url()).pathname === '/auth/oidc/callback');
    const set = (await callback?.headersArray())
      ?.filter(({ name }) => name.toLowerCase() === 'set-cookie')
      .map(({ value }) => parseSetCookie(value))
      .findLast((cookie) => cookie?.name.endsWith(bareSession));

    expect(set?.name, 'name of the session cookie').toBe(contract.sessionCookie);
    // Not a date, because the pod's clock may be wrong.
    const { name: _name, value: _value, maxAge: seconds, ...attributes } = set ?? {};
    expect(Number(seconds), 'seconds that the session cookie lives').toBeGreaterThan(contract.leastSecondsLeft);
    expect(Number(seconds), 'seconds that the session cookie lives').toBeLessThanOrEqual(contract.lifetimeSeconds);
    expect(attributes, 'attributes of the session cookie').toEqual(contract.cookieAttributes);
  },
);

test(
  'the session cookie stays within the limits of browsers, with names of any length and 40 groups',
  {
    tag: ['@cookie-grows-with-groups', '@names-in-the-cookie'],
    annotation: shows('ASVS 3.3.5', 'RFC 6265bis 4.2.1 size'),
  },
  async ({ app, newPerson }) => {
    const many = Array.from({ length: 38 }, (_, index) => `dezky-group-${index}-${'of-a-long-name-'.repeat(5)}`);
    const person = await newPerson([groups.operators, groups.customers, ...many], {
      // Authentik has no limit for a name; an address has 254 characters at most (RFC 5321).
      name: `Ærøskøbing ${'名'.repeat(900)} ${'Bjørnstjerne '.repeat(400)}`.slice(0, 5000),
      email: `${'a'.repeat(64)}@${'mail.'.repeat(35)}dezky.example`,
    });
    const answers = await app.responsesDuring(async () => {
      await app.startSignIn();
      await new AuthentikLogin(app.page).signIn(person);
      await app.page.waitForURL((url) => url.origin === app.origin && !url.pathname.startsWith('/auth/'));
    });
    const callback = answers.find((answer) => new URL(answer.url()).pathname === '/auth/oidc/callback');
    const headers = (await callback?.headersArray())?.filter(({ name }) => name.toLowerCase() === 'set-cookie') ?? [];
    const bytes = headers.map(({ value }) => Buffer.byteLength(value));
    expect(bytes.length, 'cookies that signing in sets').toBeGreaterThan(0);
    expect(Math.max(...bytes), 'bytes of the largest cookie').toBeLessThan(maxCookieBytes);
    const me = await app.call('/api/me');
    expect(me.status(), 'GET /api/me').toBe(200);
    expect(((await me.json()) as { groups: string[] }).groups, 'groups of the person').toHaveLength(40);
    await expect(app.page.locator('body'), 'the page').toContainText(person.name);
  },
);

test(
  'a session cookie set by another host of the domain is not accepted',
  { tag: ['@cookie-without-host-prefix'], annotation: shows('ASVS 3.3.3') },
  async ({ app, newPerson, newProfile }) => {
    await app.startSession(await newPerson());
    const { value } = await cookieOf(app, bareSession);
    const victim = await newProfile();
    await victim.addCookies([tossed(app, bareSession, value)]);
    const sent = (await victim.cookies(app.origin)).map(({ name }) => name);
    precondition(sent.join() === bareSession, `the browser of the victim sends ${sent.join() || 'no cookie'}`);

    const me = await victim.request.get(`${app.origin}/api/me`, { maxRedirects: 0 });
    expect(me.status(), 'GET /api/me with the tossed cookie').toBe(401);
    const page = await victim.newPage();
    await page.goto(`${app.origin}/`);
    await expect(page, 'where the tossed cookie leads').toHaveURL(`${app.origin}/sign-in`);
  },
);

test(
  'a cookie whose name only resembles that of the session is not accepted',
  { tag: ['@cookie-names-trimmed'] },
  async ({ app, newPerson, newProfile }) => {
    await app.startSession(await newPerson());
    const { value } = await cookieOf(app, bareSession);
    const visitor = (await newProfile()).request;
    const ask = async (name: string): Promise<number> =>
      (await visitor.get(`${app.origin}/api/me`, { headers: { cookie: `${name}=${value}` } })).status();
    expect(await ask(contract.sessionCookie), 'GET /api/me with the cookie').toBe(200);

    // Chromium treats this byte as part of the name, sees no prefix and accepts the cookie from every sibling host.
    for (const name of [`\u00a0${contract.sessionCookie}`, `${contract.sessionCookie}\u00a0`])
      expect(await ask(name), `GET /api/me with the cookie ${JSON.stringify(name)}`).toBe(401);
  },
);

test(
  'a sign-in started by another host of the domain is not accepted',
  { tag: ['@cookie-without-host-prefix'], annotation: shows('ASVS 10.1.2', 'RFC 9700 2.1.1 transaction') },
  async ({ app, newPerson, newProfile }) => {
    await app.startSession(await newPerson());
    const callback = await unspentCallback(app);
    const { value } = await cookieOf(app, bareAttempt);
    const victim = await newProfile();
    await victim.addCookies([tossed(app, bareAttempt, value)]);
    const page = await victim.newPage();
    await page.goto(callback.href);

    await expect(page, 'where the callback of the attacker leads').toHaveURL(/\/sign-in\?/);
    const me = await victim.request.get(`${app.origin}/api/me`, { maxRedirects: 0 });
    expect(me.status(), 'GET /api/me of the victim').toBe(401);
    expect((await app.context.cookies(app.origin)).map(({ name }) => name)).toContain(contract.attemptCookie);
  },
);

test(
  'a session in a header is not accepted',
  { tag: ['@session-header-accepted'] },
  async ({ app, newPerson, newProfile }) => {
    await app.startSession(await newPerson());
    const { value } = await cookieOf(app, bareSession);
    const [second, other] = [await newPerson(), await app.inProfile(await newProfile())];
    await other.startSession(second);
    const both = await other.call('/api/me', { headers: { 'x-nuxt-oidc-auth-session': value } });
    expect(await both.json(), 'whose session it is, with that of another in a header').toMatchObject({
      email: second.email,
    });
    const visitor = (await newProfile()).request;
    const ask = (headers: Record<string, string>) => visitor.get(`${app.origin}/api/me`, { headers, maxRedirects: 0 });
    expect((await ask({ cookie: `${contract.sessionCookie}=${value}` })).status(), 'GET /api/me with the cookie').toBe(
      200,
    );

    const answer = await ask({ cookie: `${contract.sessionCookie}=none`, 'x-nuxt-oidc-auth-session': value });
    expect(answer.status(), 'GET /api/me with the session in a header').toBe(401);
  },
);

test(
  `a user who is active every week is not signed out ${lifetimeDays} days after sign-in`,
  { tag: ['@cookie-never-renewed', '@cookie-renewed-by-calls', '@renewed-cookie-without-sub'] },
  async ({ app, newPerson, manifests, sessionStore }) => {
    const session = await sessionStore.sessionOf(async () => app.startSession(await newPerson()));
    const cookie = await cookieOf(app, bareSession);
    const secret = sessionSecretOf(appName, manifests);
    const byPage = async (): Promise<void> => {
      await app.goto('/');
      await app.expectSignedIn();
    };
    const byCall = async (): Promise<void> => {
      expect((await app.call('/api/me')).status(), 'a call with the aged cookie').toBe(200);
    };
    const comeBackAfter = async (days: number, visit: () => Promise<void>): Promise<number> => {
      const value = await agedCookie(cookie.value, days * day * 1000, secret);
      await app.context.addCookies([{ ...cookie, value, expires: cookie.expires - days * day }]);
      await visit();
      return ((await cookieOf(app, bareSession)).expires - Date.now() / 1000) / day;
    };
    expect(await comeBackAfter(1, byPage), 'days left a day after the sign-in').toBeCloseTo(lifetimeDays - 1, 1);
    // The response to a call may arrive after the next sign-in, and must not replace its cookie.
    const left = lifetimeDays - overHalf;
    expect(await comeBackAfter(overHalf, byCall), 'days left after a call alone').toBeCloseTo(left, 1);
    expect(await comeBackAfter(overHalf, byPage), 'days left after a page').toBeCloseTo(lifetimeDays, 1);
    const renewed = await sealedDataIn((await cookieOf(app, bareSession)).value, secret);
    const { sub } = decodeJwt(
      (await sessionStore.tokensOf(session, secretOf(appName, manifests, 'NUXT_OIDC_TOKEN_KEY'))).id,
    );
    expect(renewed['claims'], 'whom the renewed cookie names').toEqual({ sub });
    expect((await app.call('/api/me')).status(), 'the session with the renewed cookie').toBe(200);
  },
);
