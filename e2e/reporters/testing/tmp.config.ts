import { defineConfig } from '@playwright/test';
export default defineConfig({
  testDir: '.',
  testMatch: 'sample.ts',
  workers: 1,
  outputDir: '/tmp/rr/test-results',
  reporter: [
    ['../redact-reports.ts'],
    ['list'],
    ['../run-report.ts', { folder: '/tmp/rr' }],
    ['html', { outputFolder: '/tmp/rr/html', open: 'never' }],
  ],
});
