import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installedBrowser } from '../../fixtures/browser.ts';
import { maxBytes, runPage } from './run-page.ts';
import { failure, report, reportedTest, timeline } from './testing/samples.ts';

const failed = reportedTest({ id: 'test-red', status: 'failed', failure });
const skipped = reportedTest({ id: 'test-skip', status: 'skipped', reason: 'the local engine cannot: kubernetes' });
const whole = runPage(report([reportedTest(), failed, skipped]));

test('what a test wrote is text in the page, not markup', () => {
  expect(whole).not.toContain('<script>alert');
  expect(whole).toContain('failed &lt;script&gt;alert(1)&lt;/script&gt;');
});

test('the page has no script, and names nothing that a browser would load', () => {
  expect(whole).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\b(?:src|href)=/);
  expect(whole).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
});

test('a suite of 400 tests of which 60 failed with hundreds of requests is below the limit', () => {
  const tests = Array.from({ length: 400 }, (_, index) =>
    reportedTest({
      id: `test-${index}`,
      timeline: timeline(350),
      ...(index < 60 ? { status: 'failed', failure } : {}),
    }),
  );
  const page = runPage(report(tests));
  expect(Buffer.byteLength(page)).toBeLessThan(maxBytes);
  expect(page.match(/<details class="test/g)).toHaveLength(400);
  // Failed tests keep their pictures.
  expect(page.match(/<figure>/g)?.length).toBeGreaterThanOrEqual(60);
});

describe.skipIf(installedBrowser() === undefined)('in a browser', () => {
  let browser: Browser;
  let page: Page;
  const requests: string[] = [];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: installedBrowser() ?? '', args: ['--no-sandbox'] });
    page = await (await browser.newContext()).newPage();
    await page.route('https://reports.example/**', (route) => route.fulfill({ contentType: 'text/html', body: whole }));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto('https://reports.example/run.html');
  }, 60_000);
  afterAll(() => browser.close());

  test.each(['light', 'dark'] as const)(
    'axe finds nothing with everything open, %s',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await page.locator('details').evaluateAll((all: HTMLDetailsElement[]) => all.forEach((one) => (one.open = true)));
      const { violations, passes } = await new AxeBuilder({ page }).analyze();
      expect(passes.length).toBeGreaterThan(0);
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
    },
    60_000,
  );

  test('it asks for nothing else', () => {
    expect(requests).toEqual(['https://reports.example/run.html']);
  });

  test('the filter works by keyboard and hides what is not asked for', async () => {
    const visible = () => page.locator('details.test:visible').count();
    expect(await visible()).toBe(3);
    await page.locator('input[value=all]').focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('input:checked').getAttribute('value')).toBe('failed');
    expect(await visible()).toBe(1);
    expect(await page.locator('.area h3:visible').allInnerTexts()).toEqual(['Failed']);
  });

  test('a link to a test opens its part', async () => {
    await page.goto('about:blank');
    await page.goto('https://reports.example/run.html#test-skip');
    expect(await page.locator('#test-skip').isVisible()).toBe(true);
  });

  test('nothing but tables and pictures is wider than a telephone', async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  });
});
