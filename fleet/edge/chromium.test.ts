import { chromium } from '@playwright/test';
import type { Browser } from '@playwright/test';
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAuthority } from '../run/certificate-authority.ts';
import { operatorUrl, startTestEdge } from './testing.ts';
import type { TestEdge } from './testing.ts';

const executablePath = ['/usr/bin/chromium', chromium.executablePath()].find((path) => existsSync(path)) ?? '';

let testEdge: TestEdge;
let browser: Browser | undefined;
beforeEach(async () => {
  testEdge = await startTestEdge();
});
afterEach(async () => {
  await browser?.close();
  await testEdge[Symbol.asyncDispose]();
});

async function openPage(spki: string) {
  browser = await chromium.launch({
    executablePath,
    proxy: { server: testEdge.proxyUrl },
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--disable-background-networking',
      `--ignore-certificate-errors-spki-list=${spki}`,
    ],
  });
  return browser.newPage({ extraHTTPHeaders: { 'x-edge-client': 'page', 'x-edge-kind': 'browser' } });
}

test.skipIf(!executablePath)(
  'Chromium trusts the edge by its SPKI: pages, cookies, and 421 outside',
  async () => {
    await testEdge.serve('operator', {
      a: (request, response) => {
        response.setHeader('set-cookie', 'nuxt-oidc-auth=A; Secure; HttpOnly; Path=/');
        response.setHeader('content-type', 'text/html');
        response.end(`<title>operator</title><p>${request.headers.cookie ?? 'none'}</p>`);
      },
    });
    const page = await openPage(testEdge.authority.spki);
    expect((await page.goto(operatorUrl))?.status()).toBe(200);
    expect(await page.evaluate(() => isSecureContext)).toBe(true);
    await page.reload();
    expect(await page.textContent('p')).toBe('nuxt-oidc-auth=A');
    expect((await page.goto('https://auth.dezky.local/end-session?state=x'))?.status()).toBe(421);
    const rows = testEdge.rows().filter((row) => row.client === 'page');
    expect(rows.find((row) => row.outcome === 'egress')).toMatchObject({
      kind: 'browser',
      url: 'https://auth.dezky.local/end-session?state=REDACTED',
    });
    expect(new Set(rows.filter((row) => row.outcome === 'proxied').map((row) => row.session)).size).toBe(1);
  },
  30_000,
);

test.skipIf(!executablePath)(
  'Chromium refuses the edge when it was told another SPKI',
  async () => {
    const page = await openPage((await createAuthority({ runId: 'other' })).spki);
    await expect(page.goto(operatorUrl)).rejects.toThrow(/ERR_CERT_AUTHORITY_INVALID/);
    const row = (await testEdge.rowsOnceThereAre(1)).find(({ url }) => url.includes('operator'));
    expect(row).toMatchObject({
      method: 'CONNECT',
      status: 0,
      error: expect.stringMatching(/CERTIFICATE_UNKNOWN|UNKNOWN_CA/),
    });
  },
  30_000,
);
