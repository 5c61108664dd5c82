import { chromium, type Browser, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installedBrowser } from '../../fixtures/browser.ts';
import type { LedgerRow } from '../../fleet/edge/row.ts';
import { toAllSucceed, toSpanPods } from './answers.ts';
import { toComeTo } from './hops.ts';
import { hostNamesIn, toNameOnlyHosts } from '../models/host-names.ts';
import { toShowCopy } from './page-copy.ts';

const row = (servedBy: string, session = 'abc'): LedgerRow => ({ servedBy, session }) as LedgerRow;

describe('toSpanPods', () => {
  test('passes when one session was served by as many pods as wanted', () => {
    expect(toSpanPods([row('a'), row('b')], 2).pass).toBe(true);
  });
  test.each([
    ['one pod', [row('a'), row('a')]],
    ['two sessions', [row('a', 'x'), row('b', 'y')]],
    ['no session at all', [row('a', ''), row('b', '')]],
    ['nothing', []],
  ])('calls it unproven with %s', (_what, rows) => {
    const { pass, message } = toSpanPods(rows, 2);
    expect(pass).toBe(false);
    expect(message()).toMatch(/^unproven: /);
  });
  test('names the cookies that there are when none is the session', () => {
    const { message } = toSpanPods([{ ...row('a', ''), cookies: ['sid', 'csrf'] }, row('b', '')], 2);
    expect(message()).toMatch(/no request has the session cookie of this name; they have sid, csrf$/);
  });
});

describe('toAllSucceed', () => {
  test('counts failures by pod and status', () => {
    const { pass, message } = toAllSucceed([
      { status: 200 },
      {
        status: 401,
        pod: 'a',
        revision: 'r-1',
        method: 'GET',
        url: 'https://operator.test/api/me?call=3',
        message: 'You are not signed in.',
      },
      { status: 0, error: 'ECONNREFUSED' },
    ]);
    expect(pass).toBe(false);
    expect(message()).toBe(
      '2 of 3 requests failed: 1 x 401 by a, 1 x no answer ECONNREFUSED. ' +
        'The first: GET /api/me was answered 401 by a (r-1): You are not signed in.',
    );
  });
  test('does not pass on silence', () => {
    expect(toAllSucceed([]).pass).toBe(false);
  });
  test('takes a redirect, perhaps to the sign-in page, for a failure', () => {
    expect(toAllSucceed([{ status: 302 }]).pass).toBe(false);
  });
});

describe('toComeTo', () => {
  const hops = [
    { method: 'POST', url: new URL('https://operator.test/auth/oidc/logout') },
    { method: 'GET', url: new URL('https://auth.local/end-session/?hint=x') },
  ];
  test('passes when the address is on the way, whatever its parameters', () => {
    expect(toComeTo(hops, 'https://auth.local/end-session/').pass).toBe(true);
  });
  test('shows the way, without parameters', () => {
    const { pass, message } = toComeTo(hops, 'https://auth.test/end-session/');
    expect(pass).toBe(false);
    expect(message()).toBe(
      'signing out never came to https://auth.test/end-session/, but went ' +
        'POST https://operator.test/auth/oidc/logout, GET https://auth.local/end-session/',
    );
  });
  test('does not pass without a way', () => {
    expect(toComeTo([], 'https://auth.test/').pass).toBe(false);
  });
});

describe.skipIf(installedBrowser() === undefined)('matchers of a page', () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: installedBrowser() ?? '', args: ['--no-sandbox'] });
    page = await browser.newPage();
    await page.setContent(`<body><p data-testid="page-lede">Go to mail.dezky.local now</p>
      <a href="https://auth.dezky.local/">Sign out</a><script type="application/json">{"x":"api.dezky.local"}</script>`);
  });
  afterAll(() => browser.close());

  test('toNameOnlyHosts shows where each other host is', async () => {
    const { pass, message } = await toNameOnlyHosts(page, new Set(['operator.dezky.example']), 'signed in');
    expect(pass).toBe(false);
    expect(message().split('\n')).toEqual([
      expect.stringMatching(
        /^about:blank, signed in, names api\.dezky\.local, which is no host of this environment, in … .*"x":"api\.dezky\.local"/,
      ),
      expect.stringMatching(/names auth\.dezky\.local, .* in … .*<a href="https:\/\/auth\.dezky\.local\/">Sign out/),
      expect.stringMatching(
        /names mail\.dezky\.local, .* in … .*<p data-testid="page-lede">Go to mail\.dezky\.local now/,
      ),
    ]);
    const all = new Set(['api.dezky.local', 'auth.dezky.local', 'mail.dezky.local']);
    expect((await toNameOnlyHosts(page, all, 'signed in')).pass).toBe(true);
  });

  test('toShowCopy shows what a place says, and where a link leads', async () => {
    const wanted = {
      path: '/',
      texts: { lede: 'Go to mail.dezky.example now' },
      links: { 'Sign out': 'https://auth.dezky.example/', 'Sign in': 'https://auth.dezky.example/' },
    };
    const { pass, message } = await toShowCopy(page, wanted);
    expect(pass).toBe(false);
    expect(message().split('\n')).toEqual([
      'about:blank: [data-testid="page-lede"] says "Go to mail.dezky.local now", not "Go to mail.dezky.example now"',
      'about:blank: the link "Sign out" leads to "https://auth.dezky.local/", not "https://auth.dezky.example/"',
      'about:blank: the link "Sign in" leads to nothing, not "https://auth.dezky.example/"',
    ]);
    const right = { ...wanted, texts: { lede: 'Go to mail.dezky.local now' }, links: {} };
    expect((await toShowCopy(page, right)).pass).toBe(true);
  });
});

test.each<[string, string, string[]]>([
  ['an escaped URL in inline data', String.raw`{"u":"https:\u002F\u002Fauth.dezky.local"}`, ['auth.dezky.local']],
  ['an encoded URL in a query', '?to=https%3A%2F%2Fportal.dezky.local%2F', ['portal.dezky.local']],
  ['a bare development host', 'Sign in at auth.dezky.local.', ['auth.dezky.local']],
  ['a mail address at a development host', '<a href="mailto:help@dezky.local">', ['dezky.local']],
  ['an unknown bare domain of ours', 'See status.dezky-cdn.com', ['status.dezky-cdn.com']],
  ['no mail address that a person has', 'rosa@mail.dezky.example, olivia@dezky.example', []],
  ['the host that a person has mail at, when it is named as a host', 'at mail.dezky.example', ['mail.dezky.example']],
  ['no XML namespace', '<svg xmlns="http://www.w3.org/2000/svg">', []],
  ['no decimals, versions or files', '3.14, v1.2.3, entry.css, /_nuxt/app.js, rosa@other.org', []],
])('hostNamesIn finds %s', (_, html, hosts) => {
  expect(hostNamesIn(html)).toEqual(hosts);
});
