import { join } from 'node:path';
import { defineConfig } from '@playwright/test';

const reports = process.env.SAMPLE_REPORTS ?? 'reports/sample';

/** Runs a sample with the reporters of the suite that write for readers. */
export default defineConfig({
  testDir: '../..',
  testMatch: 'report/testing/report-sample.ts',
  workers: 1,
  outputDir: join(reports, 'test-results'),
  reporter: [
    ['../redact-reporter.ts'],
    ['../terminal.ts'],
    ['../run-reporter.ts', { folder: reports }],
    ['html', { outputFolder: join(reports, 'html'), open: 'never' }],
    ['json', { outputFile: join(reports, 'results.json') }],
  ],
});
