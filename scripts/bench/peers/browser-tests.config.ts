import { defineConfig } from '@playwright/test';
import { chromiumArguments } from '../../../e2e/models/browser.ts';
import { browserOptions } from '../../../fixtures/browser.ts';
import suite from '../../../playwright.config.ts';

/** Settings of the plain tests, which know no fleet. */
const {
  BENCH_ORIGIN: baseURL = '',
  BENCH_PROXY: server = '',
  BENCH_SPKI: spki = '',
  BENCH_OUTPUT: outputDir = '',
} = process.env;

/** The same page under the suite's settings and fixtures, and under Playwright's own. */
export default defineConfig({
  testDir: '.',
  outputDir,
  workers: 1,
  timeout: suite.timeout ?? 0,
  reporter: 'json',
  projects: [
    { name: 'suite', testMatch: 'suite-page.ts', use: suite.use ?? {} },
    {
      name: 'plain',
      testMatch: 'plain-page.ts',
      use: { launchOptions: { ...browserOptions(), args: chromiumArguments({ spki }) }, baseURL, proxy: { server } },
    },
  ],
});
