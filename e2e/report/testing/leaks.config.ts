import { defineConfig } from '@playwright/test';
import { browserOptions } from '../../../fixtures/browser.ts';
import { leakVariables } from './canaries.ts';

const reports = process.env[leakVariables.reports] ?? '';

/** A suite that leaks on purpose, with the reporters of the real one. */
export default defineConfig({
  testDir: '.',
  testMatch: 'leaks.ts',
  outputDir: `${reports}/test-results`,
  workers: 1,
  reporter: [
    ...(process.env[leakVariables.open] ? [] : [['../redact-reporter.ts'] as const]),
    ['../terminal.ts'],
    ['html', { outputFolder: `${reports}/html`, open: 'never' }],
    ['../junit.ts', { file: `${reports}/junit.xml` }],
    ['json', { outputFile: `${reports}/results.json` }],
  ],
  use: {
    trace: 'on',
    launchOptions: {
      ...browserOptions(),
      args: ['--no-sandbox'],
    },
  },
});
