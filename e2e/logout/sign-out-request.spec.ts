import type { APIRequestContext } from '@playwright/test';
import { httpsOf } from '../../fleet/hosts.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { hopsDuring } from '../matchers/hops.ts';
import { precondition } from '../models/precondition.ts';
import { expectSignOutEnd } from '../models/sign-out-end.ts';
import { shows } from '../requirements/requirements.ts';

const appName = layerApp('portal');

const path = '/auth/oidc/logout';

/** Status and location of the response to a sign-out with these headers; no redirect is followed. */
async function answerTo(
  request: APIRequestContext,
  url: string,
  headers: Record<string, string>,
  method = 'POST',
): Promise<string> {
  const answer = await request.fetch(url, { method, headers, maxRedirects: 0 });
  const to = new URL(answer.headers()['location'] ?? 'about:blank', url);
  return `${answer.status()} ${to.host}${to.pathname}`;
}

test.use({ appName });

test(
  'an old bookmark of the sign-out URL signs nobody out, and shows the sign-out button',
  { tag: ['@sign-out-by-get'], annotation: shows('ASVS 3.5.3') },
  async ({ app, authentikProfile, newPerson }) => {
    await app.startSession(await newPerson());
    await app.goto(path);
    await expect(app.page, 'where the bookmark leads').toHaveURL(`${app.origin}/sign-out`);
    expect((await app.call('/api/me')).status(), 'the session after a GET of the sign-out address').toBe(200);

    await app.signOut();
    await expectSignOutEnd(app, authentikProfile);
    expect((await app.call('/api/me')).status(), 'the session after the button').toBe(401);
  },
);

test(
  'another site cannot sign a user out with an image, a link or a form',
  { tag: ['@sign-out-by-get', '@sign-out-from-other-sites'], annotation: shows('ASVS 3.5.1', 'RFC 6265bis 8.8') },
  async ({ app, fleet, newPerson, ledger }) => {
    await app.openSignedIn(await newPerson());
    // A sibling host: its requests carry the cookie, because SameSite compares only the registrable domain.
    const sibling = httpsOf(fleet.hosts.mail);
    const signOut = app.origin + path;
    await app.page.route(`${sibling}/**`, (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<img src="${signOut}" alt=""><a href="${signOut}">link</a><form method="post" action="${signOut}"><button>form</button></form>`,
      }),
    );
    await app.page.goto(`${sibling}/`);
    await app.page.getByRole('link', { name: 'link' }).click();
    await expect(app.page, 'where the link leads').toHaveURL(`${app.origin}/sign-out`);
    await app.page.goto(`${sibling}/`);
    await app.page.getByRole('button', { name: 'form' }).click();
    await expect(app.page, 'where the form leads').toHaveURL(`${app.origin}/sign-out`);

    const asked = (await ledger.rows({ service: appName, path })).map(({ method }) => method);
    precondition(asked.join(' ') === 'GET GET GET POST', `two images, a link and a form requested ${asked.join(' ')}`);
    expect((await app.call('/api/me')).status(), 'the session after the visit to another site').toBe(200);
  },
);

test(
  'only a POST from the app’s own pages signs out',
  {
    tag: ['@sign-out-from-other-sites', '@sign-out-needs-session'],
    annotation: shows('ASVS 3.5.1', 'RFC 6265bis 8.8', 'store clear nothing'),
  },
  async ({ app, fleet, newPerson, newProfile }) => {
    await app.startSession(await newPerson());
    const cookie = await app.cookieHeader();
    const { request } = app.context;
    const url = app.origin + path;
    const foreign: Array<Record<string, string>> = [
      {},
      { origin: 'null' },
      { origin: httpsOf(fleet.hosts.mail) },
      { origin: `http://${fleet.hosts[appName]}` },
      { origin: `${app.origin}.evil.example` },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'none' },
      { 'sec-fetch-site': 'cross-site', origin: app.origin },
    ];
    for (const headers of foreign) {
      const answer = await answerTo(request, url, headers);
      expect(answer, `answer to a POST with ${JSON.stringify(headers)}`).toBe(`303 ${fleet.hosts[appName]}/sign-out`);
    }
    expect(await answerTo(request, url, { 'sec-fetch-site': 'same-origin' }, 'GET'), 'answer to its own GET').toBe(
      `303 ${fleet.hosts[appName]}/sign-out`,
    );
    expect((await app.call('/api/me')).status(), 'the session after all of them').toBe(200);
    expect(await answerTo(request, url, { origin: app.origin }), 'answer to a POST with its own origin').toBe(
      `303 ${fleet.hosts.auth}/flows/-/cancel/`,
    );
    expect((await app.call('/api/me')).status(), 'the session after its own POST').toBe(401);
    // As in another tab, or after a lost response. The session at Authentik may still exist.
    expect(
      await answerTo((await newProfile()).request, url, { origin: app.origin, cookie }),
      'answer to a POST with the cookie of a session that is over',
    ).toBe(`303 ${fleet.hosts.auth}/flows/-/cancel/`);
    // Without a session there is nothing to end at Authentik either.
    expect(await answerTo(request, url, { origin: app.origin }), 'answer to a POST without a session').toBe(
      `303 ${fleet.hosts[appName]}/signed-out`,
    );
  },
);

test(
  'the sign-out form sends its Origin, for browsers without Sec-Fetch-Site',
  { tag: ['@sign-out-form-without-origin'] },
  async ({ app, newPerson }) => {
    await app.openSignedIn(await newPerson());
    const [request] = await Promise.all([
      app.page.waitForRequest((one) => new URL(one.url()).pathname === path),
      app.signOutControl.click(),
    ]);
    expect((await request.allHeaders())['origin'], 'origin of the form').toBe(app.origin);
  },
);

test(
  'sign-out works without JavaScript',
  { tag: ['@sign-out-needs-scripts'] },
  async ({ app, fleet, browser, contextOptions, newPerson }) => {
    await app.startSession(await newPerson());
    await using context = await browser.newContext({
      ...contextOptions,
      javaScriptEnabled: false,
      storageState: await app.context.storageState(),
    });
    const page = await context.newPage();
    await page.goto(`${app.origin}/`);
    const hops = await hopsDuring(page, () => page.getByRole('button', { name: 'Sign out' }).click());

    expect(
      hops.slice(0, 2).map(({ method, url }) => `${method} ${url.host}${url.pathname}`),
      'hops without JavaScript',
    ).toEqual([`POST ${fleet.hosts[appName]}${path}`, `GET ${fleet.hosts.auth}/flows/-/cancel/`]);
    expect((await app.call('/api/me')).status(), 'the session afterwards').toBe(401);
  },
);
