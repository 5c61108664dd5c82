import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { installedBrowser } from '../../fixtures/browser.ts';
import { bounded } from './bounded.ts';
import { summaryMarkdown } from './failure-text.ts';
import { maxBytes, runJson } from './fitted.ts';
import { runPage } from './run-page.ts';
import { opened, violationsIn } from './testing/opened.ts';
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
});

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
  for (const made of [runPage(bounded(run)), runJson(bounded(run)), summaryMarkdown(bounded(run))])
    expect(Buffer.byteLength(made)).toBeLessThan(maxBytes);
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
    await report.page.setViewportSize({ width: 390, height: 800 });
    expect(await report.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  });
});
