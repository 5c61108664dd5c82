import type { JSONReport, JSONReportSuite } from '@playwright/test/reporter';
import { expect, test } from 'vitest';
import { specsIn } from './json-report.ts';

const group = (title: string, inner: Partial<JSONReportSuite>): JSONReportSuite =>
  ({ title, specs: [], suites: [], ...inner }) as unknown as JSONReportSuite;

test('a group without a title is no part of the path of a test', () => {
  const specs = [{ title: 'a test' }] as JSONReportSuite['specs'];
  const report = [group('file.spec.ts', { suites: [group('operator', { suites: [group('', { specs })] })] })];
  expect(specsIn({ suites: report } as Pick<JSONReport, 'suites'>).map(({ path }) => path)).toEqual([['operator']]);
});
