import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { installedBrowser } from '../../fixtures/browser.ts';
import { bounded } from './bounded.ts';
import { maxSummaryBytes, summaryMarkdown } from './failure-text.ts';
import { maxBytes } from './fitted.ts';
import { runJson } from './run-json.ts';
import { runPage } from './run-page.ts';
import { opened, violationsIn } from './testing/opened.ts';
import { failure, report, reportedTest, timeline } from './testing/samples.ts';

const leftOutIn = (page: string): string | undefined => /<p>(Left out[^<]*)<\/p>/.exec(page)?.[1];

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

test('a suite of 400 tests of which 60 failed with hundreds of requests is below the limit, as a page and as data', () => {
  const tests = Array.from({ length: 400 }, (_, index) =>
    reportedTest({
      id: `test-${index}`,
      timeline: timeline(350),
      ...(index < 60 ? { status: 'failed', failure } : {}),
    }),
  );
  const page = runPage(report(tests));
  expect(Buffer.byteLength(page)).toBeLessThan(maxBytes);
  expect(Buffer.byteLength(runJson(report(tests)))).toBeLessThan(maxBytes);
  expect(page.match(/<details class="test/g)).toHaveLength(400);
  // Failed tests keep their pictures.
  expect(page.match(/<figure>/g)?.length).toBeGreaterThanOrEqual(60);
  expect(leftOutIn(page)).toMatch(/^Left out to stay below 2 MB: the timelines of \d+ tests without a failure/);
});

test('a page that has everything does not say that something is left out', () => {
  expect(whole).not.toContain('Left out');
});

test.each([
  [2_000, 40],
  [2_000, 2_000],
  [6_000, 10],
])(
  'a suite of %i tests of which %i failed is below the limit, and the page says what is left out',
  (count, failures) => {
    const tests = Array.from({ length: count }, (_, index) =>
      reportedTest({
        id: `test-${index}`,
        timeline: timeline(10),
        ...(index < failures ? { status: 'failed', failure } : {}),
        ...(index % 4 === 3 ? { status: 'skipped', reason: `reason ${index}`, spec: `a/${index}.spec.ts` } : {}),
      }),
    );
    const run = report(tests);
    const page = runPage(run);
    const shown = page.match(/class="test /g)?.length ?? 0;
    expect(Buffer.byteLength(page)).toBeLessThan(maxBytes);
    expect(leftOutIn(page)).toMatch(/^Left out to stay below 2 MB: /);
    const gone = /all of (\d+) (?:failed )?tests/.exec(leftOutIn(page) ?? '')?.[1] ?? 0;
    expect(shown + Number(gone)).toBe(count);
    expect(page.match(/class="test failed"/g)?.length).toBe(tests.filter(({ status }) => status === 'failed').length);
    const json = runJson(run);
    expect(Buffer.byteLength(json)).toBeLessThan(maxBytes);
    expect((JSON.parse(json) as { leftOut: string }).leftOut).toMatch(/^Left out to stay below 2 MB: /);
    expect(Buffer.byteLength(summaryMarkdown(run))).toBeLessThan(maxSummaryBytes);
  },
  60_000,
);

test('400 failed tests with the longest messages, titles and addresses are below the limit too', () => {
  const text = 'x & y '.repeat(1_000);
  const { marks } = timeline(20);
  const tests = Array.from({ length: 400 }, (_, index) =>
    reportedTest({
      id: `test-${index}`,
      status: 'failed',
      title: text,
      timeline: { ...timeline(20), marks: marks.map((mark) => ({ ...mark, path: text, error: text })) },
      failure: { ...failure, saw: text, message: text, evidence: [text, text, text], again: [text] },
    }),
  );
  const run = report(tests);
  run.verdict.errors.push(...Array.from({ length: 100 }, () => text));
  for (const made of [runPage(bounded(run)), runJson(bounded(run))])
    expect(Buffer.byteLength(made)).toBeLessThan(maxBytes);
  expect(Buffer.byteLength(summaryMarkdown(bounded(run)))).toBeLessThan(maxSummaryBytes);
  expect(runPage(bounded(run)).match(/<details class="test/g)).toHaveLength(400);
}, 60_000);

describe.skipIf(installedBrowser() === undefined)('in a browser', () => {
  let report: Awaited<ReturnType<typeof opened>>;
  beforeEach(async () => {
    report = await opened(whole);
  }, 120_000);
  afterEach(() => report[Symbol.asyncDispose]());

  test('axe finds nothing, light and dark', async () => {
    expect(await violationsIn(report.page)).toEqual([]);
    expect(report.requests).toEqual([]);
  }, 120_000);

  test('the filter works by keyboard and hides what is not asked for', async () => {
    const { page } = report;
    const visible = () => page.locator('details.test:visible').count();
    expect(await visible()).toBe(3);
    await page.locator('input[value=all]').focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('input:checked').getAttribute('value')).toBe('failed');
    expect(await visible()).toBe(1);
    expect(await page.locator('.area h3:visible').allInnerTexts()).toEqual(['Failed']);
  });

  test('a link to a test opens its part', async () => {
    const { page } = report;
    expect(await page.locator('#test-skip').isVisible()).toBe(false);
    await page.goto(`${page.url()}#test-skip`);
    expect(await page.locator('#test-skip').isVisible()).toBe(true);
  });

  test('nothing but tables and pictures is wider than a telephone', async () => {
    const { page } = report;
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  });

  test('a picture that is wider than its place says that it scrolls', async () => {
    const { page } = report;
    const hint = page.locator('details.test.failed .hint');
    await page.setViewportSize({ width: 1440, height: 800 });
    expect(await hint.isVisible()).toBe(false);
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await hint.isVisible()).toBe(true);
  });
});
