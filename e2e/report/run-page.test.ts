import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Page } from '@playwright/test';
import { describe, expect, test } from 'vitest';
import { installedBrowser } from '../../fixtures/browser.ts';
import { runPage } from './run-page.ts';
import { cause, sampleFailure, report, reportedTest, sampleTimeline } from './testing/samples.ts';

const red = { id: 'red', status: 'failed', failure: sampleFailure } as const;
const failed = reportedTest({ ...red, tags: [], requirements: [] });
const skipped = reportedTest({ id: 'skip', status: 'skipped', reason: 'the local engine cannot: kubernetes' });
const whole = runPage(report([reportedTest(), failed, skipped], [cause]));

test('what a test wrote is text in the page, not markup', () => {
  expect(whole).not.toContain('<script>alert');
  expect(whole).toContain('failed &lt;script&gt;alert(1)&lt;/script&gt;');
});

test('a failed test has its timeline, a known fault that fails so, its trace, and its place in the report of Playwright', () => {
  expect(whole.match(/<figure>/g)).toHaveLength(1);
  expect(whole).toContain('<h3>Sessions are kept in the memory of each pod</h3>');
  expect(runPage(report([failed]))).not.toContain('Known faults that fail so');
  expect(whole).toContain('href="test-results/a/trace.zip"');
  expect(whole).toContain('href="test-results/a/test-failed-1.png"');
  expect(whole).toContain('href="../../e2e/session/cross-pod.spec.ts#L57"');
  expect(whole, 'the last quarter of a test that waited').toContain('<b style="left: 75%">33.7 s</b>');
  expect(whole).toContain('href="html/index.html#?testId=red"');
});

test('a passed test is counted, and one that was not run has its reason', () => {
  expect(whole).toContain('<b>1</b> passed');
  expect(whole).toContain('Redis 7.4.9 Nuxt 4.5.2');
  expect(whole).not.toContain('session/cross-pod.spec.ts:47');
  expect(whole).toContain('<li>1: the local engine cannot: kubernetes');
});

test('a passed test is a claim of its area, and shows its requirements and regressions, unless a failed one names them too', () => {
  expect(whole).toContain('<b>1</b> session');
  expect(whole).toContain('<b>STANDARD 1.1</b> What is loaded is what was saved.');
  expect(whole).toContain('<code>memory-sessions</code>');
  expect(whole).toContain('the store hangs: in a call: 503');
  expect(whole, 'a requirement that no test names').not.toContain('STANDARD 1.2');
  const alsoFailed = runPage(report([reportedTest(), reportedTest(red)]));
  expect(alsoFailed, 'what a failed test names').not.toMatch(/STANDARD|would be caught/);
  expect(runPage(report([skipped]))).not.toContain('What it proved');
});

test('however many tests fail, the page loads in a moment', () => {
  const tests = Array.from({ length: 400 }, (_, index) =>
    reportedTest({ id: `test-${index}`, status: 'failed', failure: sampleFailure, timeline: sampleTimeline(350) }),
  );
  const page = runPage(report(tests));
  expect(page.match(/<details class="card failed"/g)).toHaveLength(400);
  expect(Buffer.byteLength(page)).toBeLessThan(4_000_000);
});

const address = 'https://reports.example/page.html';

/** Opens a page of a report in a browser. `requests` are the URLs that it requested besides its own. */
async function opened(content: string): Promise<{ page: Page; requests: string[] } & AsyncDisposable> {
  const browser = await chromium.launch({ executablePath: installedBrowser() ?? '', args: ['--no-sandbox'] });
  const page = await (await browser.newContext()).newPage();
  const requests: string[] = [];
  page.on('request', (request) => {
    if (request.url() !== address) requests.push(request.url());
  });
  await page.route('https://reports.example/**', (route) => route.fulfill({ contentType: 'text/html', body: content }));
  await page.goto(address);
  return { page, requests, [Symbol.asyncDispose]: () => browser.close() };
}

/**
 * The violations that axe finds in a fully expanded page, in both colour schemes; undefined when it applied no rule.
 */
async function violationsIn(page: Page): Promise<string[] | undefined> {
  await page.locator('details').evaluateAll((all: HTMLDetailsElement[]) => all.forEach((one) => (one.open = true)));
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations, passes } = await new AxeBuilder({ page }).analyze();
    if (passes.length === 0) return undefined;
    found.push(
      ...violations.map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    );
  }
  return found;
}

describe.skipIf(installedBrowser() === undefined)('in a browser', () => {
  test('axe finds nothing, light and dark; nothing is loaded, and nothing but tables and pictures is wider than a telephone', async () => {
    await using report = await opened(whole);
    expect(await violationsIn(report.page)).toEqual([]);
    expect(report.requests).toEqual([]);
    await report.page.setViewportSize({ width: 390, height: 800 });
    expect(await report.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  });
});
