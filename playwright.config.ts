import { join } from 'node:path';
import { defineConfig } from '@playwright/test';

const reports = process.env.E2E_REPORTS ?? 'reports';

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  // Smoke checks of what is the harness's own here, the edge's certificates and the mock, say nothing about the product.
  testIgnore: ['smoke/certificate.spec.ts', 'smoke/discovery.spec.ts'],
  outputDir: join(reports, 'test-results'),
  // A rollout or a kill in one spec would be weather in another: one worker, one fleet, one story at a time.
  // Playwright keeps together what shares a fleet, in the order of the files: the first file is one on the run's fleet, so
  // that the fleets of variants, which take long to come up, come last.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 30_000,
  expect: { timeout: 5_000 },
  reporter: [
    // First: what it takes out, the others never see.
    ['./e2e/reporters/redact-reports.ts'],
    [process.env.E2E_QUIET ? 'dot' : 'list'],
    ['html', { outputFolder: join(reports, 'html'), open: 'never' }],
    ['junit', { outputFile: join(reports, 'junit.xml') }],
    ['json', { outputFile: join(reports, 'results.json') }],
    ['./e2e/reporters/first-assertion.ts', { since: process.env.E2E_SINCE }],
    ['./e2e/reporters/verdict.ts', { file: join(reports, 'verdict.json') }],
  ],
  use: {
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    // Recording needs the ffmpeg that `playwright install` downloads, so it is asked for by name.
    video: process.env.E2E_VIDEO ? 'retain-on-failure' : 'off',
    launchOptions: process.env.CHROMIUM_PATH ? { executablePath: process.env.CHROMIUM_PATH } : {},
  },
});
