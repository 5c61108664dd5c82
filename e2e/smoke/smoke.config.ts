import { join, resolve } from 'node:path';
import { defineConfig } from '@playwright/test';
import { browserOptions } from '../../fixtures/browser.ts';
import { runRequest } from '../run-request.ts';
import { variables, type SmokeTarget } from '../probes/target.ts';

const reports = resolve(runRequest.reports);

const { budget } = JSON.parse(process.env[variables.target] ?? '{}') as Partial<SmokeTarget>;

/** How `npm run smoke` runs these specs; `npm run e2e` runs them with the others, on its own fleet. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: join(reports, 'test-results'),
  workers: 1,
  retries: 0,
  timeout: 30_000,
  ...(budget === undefined ? {} : { globalTimeout: budget }),
  reporter: [
    ['../report/redact-reporter.ts'],
    ['./reporter.ts', { folder: reports }],
    ['../report/junit.ts', { file: join(reports, 'junit.xml') }],
  ],
  use: {
    trace: 'retain-on-failure',
    screenshot: 'off',
    launchOptions: browserOptions(),
  },
});
