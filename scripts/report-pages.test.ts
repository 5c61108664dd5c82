import { describe, expect, test } from 'vitest';
import { opened, violationsIn } from '../e2e/report/testing/opened.ts';
import { installedBrowser } from '../fixtures/browser.ts';
import { matrixPage } from './prove/matrix-page.ts';

const matrix = matrixPage({
  engine: 'local',
  chosen: 4,
  falseAlarms: ['a.spec.ts: "a <title>": broken'],
  findings: [
    {
      regression: 'memory-sessions',
      verdict: 'caught',
      evidence: [{ spec: 'a.spec.ts', message: '2 of 4 requests failed' }],
      red: [{ spec: 'a.spec.ts', title: 'a title', message: '2 of 4 requests failed' }],
      seconds: 12,
    },
    { regression: 'dev-end-session', verdict: 'wrong reason', evidence: [{ spec: '', message: 'x' }], seconds: 80 },
    { regression: 'role-too-wide', verdict: 'not applicable', evidence: [], seconds: 0 },
  ],
});

test('the kill matrix shows what was not caught before all others', () => {
  expect(matrix.indexOf('dev-end-session')).toBeLessThan(matrix.indexOf('memory-sessions'));
  expect(matrix).toContain('1 of 2 caught (1 not applicable), 1 false alarms on the clean fleet.');
  expect(matrix).toContain('a &lt;title&gt;');
});

describe.skipIf(installedBrowser() === undefined)('in a browser', () => {
  test.each([['the kill matrix', matrix]])(
    '%s has no violation for axe, loads nothing, and fits a telephone',
    async (_name, content) => {
      await using report = await opened(content);
      expect(await violationsIn(report.page)).toEqual([]);
      expect(report.requests).toEqual([]);
      await report.page.setViewportSize({ width: 390, height: 800 });
      expect(await report.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    },
    60_000,
  );
});
