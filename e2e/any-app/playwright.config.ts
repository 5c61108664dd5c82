import { join, resolve } from 'node:path';
import { defineConfig } from '@playwright/test';
import { repositoryRoot } from '../../fleet/root.ts';
import { deadline } from '../deadline.ts';
import type { TestOptions } from '../fixtures/types.ts';
import { runRequest } from '../run-request.ts';
import { checkedApp } from './checked-app.ts';

const reports = resolve(repositoryRoot, runRequest.reports);

const { specs } = checkedApp();

/** No faults of this product are known, and no requirements that its tests name. */
const product = { regressions: () => [], requirements: {}, packages: {}, isRight: () => false };

/** The claims about any app, on the fleet of the one that is checked. */
export default defineConfig<TestOptions>({
  projects: [{ name: '', testDir: '.' }, ...(specs ? [{ name: 'own', testDir: specs }] : [])],
  outputDir: join(reports, 'test-results'),
  globalSetup: '../run-request.ts',
  workers: 1,
  timeout: 120_000,
  expect: { timeout: deadline(5_000) },
  reporter: [
    ['../report/redact-reporter.ts'],
    ['./table-reporter.ts'],
    ['html', { outputFolder: join(reports, 'html'), open: 'never' }],
    ['../report/run-reporter.ts', { folder: reports, product }],
  ],
  use: {
    actionTimeout: deadline(10_000),
    navigationTimeout: deadline(10_000),
    timelines: true,
    trace: { mode: 'retain-on-failure', screenshots: false },
    screenshot: 'only-on-failure',
  },
});
