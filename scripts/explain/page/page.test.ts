import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { gzipSync } from 'node:zlib';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Page, type Request } from '@playwright/test';
import { describe, expect, test } from 'vitest';
import { installedBrowser } from '../../../fixtures/browser.ts';
import { repositoryRoot } from '../../../fleet/root.ts';
import { scratchFolder } from '../../../fleet/testing.ts';
import { explainFile } from '../command.ts';
import { call, endSession, harOf, shop, signIn, signOut, type Visit } from '../testing/shop.ts';

const address = pathToFileURL(join(repositoryRoot, 'docs/explain.html')).href;
const markup = `<script>document.title='owned'</script><img src=x onerror="document.title='owned'">`;
const hostile: Visit[] = [
  ...signIn(),
  call(2, 200, { url: `${shop}/${markup}?${markup}`, content: markup }),
  call(3, 401, { received: { 'x-pod': markup, 'x-request-id': markup, age: '9', 'x-session-reason': markup } }),
];
const recordings: Readonly<Record<string, string>> = {
  known: harOf([...signIn(), call(2), call(3, 401, { received: { age: '9' } })]),
  unknown: harOf([...signIn(), call(2), call(3, 401, { pod: 'shop-b' })]),
  fine: harOf([...signIn(), call(2), signOut(3, endSession), call(4, 401, { sent: {} })]),
  'of these apps': readFileSync(join(import.meta.dirname, '../testing/memory-sessions.har'), 'utf8'),
  hostile: harOf(hostile),
};

function written(content: string | Uint8Array, name = 'it.har'): string {
  const path = join(scratchFolder(), name);
  writeFileSync(path, content);
  return path;
}

/** The page in a browser. `requests` are those that it sent besides that for itself; a policy refuses others before. */
async function opened(): Promise<{ page: Page; requests: string[]; errors: string[] } & AsyncDisposable> {
  const browser = await chromium.launch({ executablePath: installedBrowser() ?? '', args: ['--no-sandbox'] });
  const page = await (await browser.newContext({ acceptDownloads: true })).newPage();
  const requests: string[] = [];
  const errors: string[] = [];
  const note = (request: Request): unknown =>
    request.url() !== address && request.failure()?.errorText !== 'csp' && requests.push(request.url());
  page.on('requestfinished', note).on('requestfailed', note);
  page.on('console', (message) => errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(address);
  return { page, requests, errors, [Symbol.asyncDispose]: () => browser.close() };
}

/** Gives the page a file, and waits until it has answered. */
async function give(page: Page, path: string): Promise<void> {
  await page.evaluate(() => document.querySelector('#result')!.replaceChildren());
  await page.setInputFiles('input', path);
  await page.waitForSelector('#result h2');
}

/** The sentences of the verdict, and the command, as the page shows them. */
const shown = (page: Page): Promise<string[]> =>
  page.locator('#result .card').first().locator('h2, p:not(.kind), li').allTextContents();

async function violationsIn(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations, passes } = await new AxeBuilder({ page }).analyze();
    expect(passes.length).toBeGreaterThan(10);
    found.push(
      ...violations.map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    );
  }
  return found;
}

test('the page is one small file', () => {
  const page = readFileSync(join(repositoryRoot, 'docs/explain.html'), 'utf8');
  expect(page.length).toBeLessThan(120_000);
  expect(page).not.toMatch(/<(?:link|img|iframe)|src="/);
});

describe.skipIf(installedBrowser() === undefined)('in a browser', { timeout: 120_000 }, () => {
  test('the page says the same as the command, requests nothing, and executes nothing of a recording', async () => {
    await using it = await opened();
    for (const content of Object.values(recordings)) {
      const path = written(content);
      await give(it.page, path);
      const { text } = explainFile(path, { name: 'it.har' });
      const [, , , verdict = '', again = ''] = stripVTControlCharacters(text).split('\n\n');
      const said = verdict.split('\n').map((line) => line.replace(/^- /, ''));
      expect((await shown(it.page)).toSorted()).toEqual(said.toSorted());
      expect(`Again: ${await it.page.locator('pre').textContent()}`).toBe(again);
    }
    for (const content of [recordings['of these apps']!, 'no recording']) {
      await give(it.page, written(content, `<img src=x onerror="document.title='owned'">.har`));
      expect(await it.page.locator('#result').textContent()).toContain('<img src=x');
    }
    expect(await it.page.locator('img').count()).toBe(0);
    expect(await it.page.title()).not.toBe('owned');
    expect(it.requests).toEqual([]);
    expect(it.errors).toEqual([]);
  });

  test('its policy allows no request and no script but its own', async () => {
    await using it = await opened();
    const seen = await it.page.evaluate(async () => {
      const refused: string[] = [];
      document.addEventListener('securitypolicyviolation', (event) => refused.push(event.effectiveDirective));
      await fetch('https://example.com/').catch(() => {});
      new Image().src = 'https://example.com/x.png';
      document.body.append(
        Object.assign(document.createElement('script'), { textContent: 'document.title = "owned"' }),
      );
      document.body.append(Object.assign(document.createElement('form'), { action: 'https://example.com/' }));
      document.forms[0]!.submit();
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { refused, title: document.title };
    });
    expect(seen.refused.toSorted()).toEqual(['connect-src', 'form-action', 'img-src', 'script-src-elem']);
    expect(seen.title).not.toBe('owned');
    expect(it.requests).toEqual([]);
  });

  test('what the file holds is counted, and the redacted copy has none of it and gives the same verdict', async () => {
    await using it = await opened();
    await give(it.page, written(recordings['known']!));
    expect(await it.page.locator('tbody th').allTextContents()).toEqual([
      'Passwords and one-time codes',
      'Tokens and codes',
      'Cookies',
      'Names of users',
      'IP addresses',
    ]);
    const before = await shown(it.page);
    const [download] = await Promise.all([
      it.page.waitForEvent('download'),
      it.page.getByRole('button', { name: 'Save a redacted copy' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('it.redacted.har');
    const path = await download.path();
    expect(readFileSync(path, 'utf8')).not.toMatch(/secret-|anna|203\.0\.113/i);
    await give(it.page, written(readFileSync(path)));
    expect(await shown(it.page)).toEqual(before);
    expect(await it.page.locator('tbody th').allTextContents()).not.toContain('Names of users');
  });

  test('gzip is read, and what is no recording gets a sentence', async () => {
    await using it = await opened();
    await give(it.page, written(gzipSync(recordings['known']!), 'it.har.gz'));
    expect(await shown(it.page)).toContain('Likely: a cache answered request 3, and no pod: age: 9.');
    for (const [content, sentence] of [
      ['<html>', /is not JSON/],
      ['{"log":{}}', /no HAR/],
      [harOf([{ at: 0, url: 'https://other.example/' }]), /shows no sign-in by OpenID Connect/],
      [gzipSync('x').subarray(0, 15), /gzip that is damaged/],
      [gzipSync(Buffer.alloc(151 * 1024 * 1024), { level: 1 }), /larger than 100 MiB/],
    ] as const) {
      await give(it.page, written(content));
      expect((await shown(it.page)).join('\n')).toMatch(sentence);
    }
    expect(it.errors).toEqual([]);
  });

  test('axe finds nothing, light and dark, and nothing but tables is wider than a telephone', async () => {
    await using it = await opened();
    await it.page.setViewportSize({ width: 360, height: 800 });
    expect(await violationsIn(it.page)).toEqual([]);
    for (const content of Object.values(recordings)) {
      await give(it.page, written(content));
      expect(await it.page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    }
    expect(await violationsIn(it.page)).toEqual([]);
  });

  test('the keyboard alone chooses a file, reads the result and saves the copy', async () => {
    await using it = await opened();
    await it.page.keyboard.press('Tab');
    // A focused file input opens its dialog at a key press: that is the browser's part, which it may refuse to a script.
    await expect.poll(() => it.page.evaluate(() => document.activeElement?.matches('input[type=file]'))).toBe(true);
    await it.page.setInputFiles('input', written(recordings['unknown']!));
    await it.page.waitForSelector('#result h2');
    await expect.poll(() => it.page.evaluate(() => document.activeElement?.textContent)).toBe('The cause is unknown.');
    const visited: string[] = [];
    for (let press = 0; press < 4; press += 1) {
      await it.page.keyboard.press('Tab');
      visited.push(
        (await it.page.evaluate(
          () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent,
        )) ?? '',
      );
    }
    expect(visited).toEqual(['Requests by pod', 'Command', 'Personal data by kind', 'Save a redacted copy']);
    const [download] = await Promise.all([it.page.waitForEvent('download'), it.page.keyboard.press('Enter')]);
    expect(download.suggestedFilename()).toBe('it.redacted.har');
  });
});
