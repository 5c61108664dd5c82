import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { browserOptions } from '../../../fixtures/browser.ts';
import { runRequest } from '../../run-request.ts';

const { reports } = runRequest;

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
    [
      '../run-reporter.ts',
      { folder: reports, product: { regressions: () => [], isRight: () => false, requirements: {}, packages: {} } },
    ],
    ['html', { outputFolder: join(reports, 'html'), open: 'never' }],
    ['../junit.ts', { file: join(reports, 'junit.xml') }],
    ['json', { outputFile: join(reports, 'results.json') }],
    ['../verdict.ts', { file: join(reports, 'verdict.json') }],
  ],
  use: { trace: 'on', launchOptions: { ...browserOptions(), args: ['--no-sandbox'] } },
});
