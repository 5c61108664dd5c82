import { join, resolve } from 'node:path';
import { defineConfig } from '@playwright/test';
import { browserOptions } from '../../fixtures/browser.ts';
import { commandFleet } from '../../fleet/one-app/command-app.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { deadline } from '../deadline.ts';
import type { TestOptions, WorkerFixtures } from '../fixtures/types.ts';
import { runRequest } from '../run-request.ts';
import { checkedApp, checkedAppFile, webAppOf } from './checked-app.ts';

const reports = resolve(repositoryRoot, runRequest.reports);

const app = checkedApp();
const { specs } = app;

/** No faults of this product are known, and no requirements that its tests name. */
const product = { regressions: () => [], requirements: {}, packages: {}, isRight: () => false };

/** The claims about any app, on the fleet of the one that is checked. */
export default defineConfig<TestOptions, Pick<WorkerFixtures, 'description' | 'people'>>({
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
    description: commandFleet(checkedAppFile),
    people: { mailHost: 'session-check.test', groups: [] },
    actionTimeout: deadline(10_000),
    navigationTimeout: deadline(10_000),
    webApp: await webAppOf(app),
    needs: ['authentik-control'],
    // What its pages log is no claim here: many apps have no icon.
    expectedConsole: [/^/],
    timelines: true,
    trace: { mode: 'retain-on-failure', screenshots: false },
    screenshot: 'only-on-failure',
    launchOptions: browserOptions({ whole: runRequest.headed }),
  },
});
