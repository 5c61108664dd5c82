import { join } from 'node:path';
import { defineConfig } from '@playwright/test';

const reports = process.env.SAMPLE_REPORTS ?? 'reports/sample';

/** Runs a sample under the suite's own reporter. The tests of `sample.ts` fail in every way that a test can fail. */
export default defineConfig({
  testDir: '.',
  testMatch: process.env.SAMPLE ?? 'sample.ts',
  workers: 1,
  outputDir: reports,
  reporter: [
    ['../terminal.ts'],
    ['../junit.ts', { file: join(reports, 'junit.xml') }],
    ['../verdict.ts', { file: join(reports, 'verdict.json') }],
  ],
});
