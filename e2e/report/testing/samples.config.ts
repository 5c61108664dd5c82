import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { browserOptions } from '../../../fixtures/browser.ts';
import { runRequest } from '../../run-request.ts';

const { reports } = runRequest;
const product = { regressions: () => [], isRight: () => false, requirements: {}, packages: {} };

/** Runs a sample with the reporters of the suite; with `SAMPLE_LEAKS` without the one that redacts. */
export default defineConfig({
  testDir: '../..',
  testMatch: process.env.SAMPLE ?? 'none',
  outputDir: join(reports, 'test-results'),
  workers: 1,
  fullyParallel: true,
  timeout: 30_000,
  reporter: [
    ...(process.env.SAMPLE_LEAKS ? [] : [['../redact-reporter.ts'] as const]),
    ['../terminal.ts'],
    ['html', { outputFolder: join(reports, 'html'), open: 'never' }],
    ['json', { outputFile: join(reports, 'results.json') }],
    ['../run-reporter.ts', { folder: reports, product }],
  ],
  use: { trace: 'on', launchOptions: { ...browserOptions(), args: ['--no-sandbox'] } },
});
