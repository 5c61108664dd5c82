import { join } from 'node:path';
import { defineConfig, type ReporterDescription } from '@playwright/test';
import { reasonNamed, sessionReasons } from './apps/environment/session-reasons.ts';
import { deadline } from './e2e/deadline.ts';
import type { TestOptions, WorkerFixtures } from './e2e/fixtures/types.ts';
import { requirements } from './e2e/requirements/requirements.ts';
import { runRequest } from './e2e/run-request.ts';
import { notInTheSuite } from './e2e/spec-files.ts';
import { browserOptions } from './fixtures/browser.ts';
import { groups } from './fixtures/people.ts';
import { regressions } from './fixtures/regressions/catalogue.ts';
import { dezky } from './fleet/product/fleet.ts';

const { reports, quiet, headed } = runRequest;

/** A refusal of a stranger, or of a user whose session ended rightly. */
const isRight = (reason: string): boolean => {
  const named = reasonNamed(reason);
  return named === 'none' || (named !== undefined && sessionReasons[named].refusal === 'right');
};

/** The sentences of the requirements that tests name. */
const sentences = Object.fromEntries(Object.entries(requirements).map(([id, { text }]) => [id, text]));

/** Packages whose versions a report names. */
const packages = { Nuxt: 'nuxt', 'nuxt-oidc-auth': 'nuxt-oidc-auth' };

const product = { regressions, requirements: sentences, packages, isRight };

/** Reports that people read. A command that runs the suite many times reads the verdict alone. */
const humanReporters: ReporterDescription[] = [
  ['./e2e/report/terminal.ts'],
  ['html', { outputFolder: join(reports, 'html'), open: 'never' }],
  ['json', { outputFile: join(reports, 'results.json') }],
];

export default defineConfig<TestOptions, Pick<WorkerFixtures, 'description' | 'people'>>({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  testIgnore: notInTheSuite,
  outputDir: join(reports, 'test-results'),
  globalSetup: './e2e/run-request.ts',
  // Each worker has a fleet, so no test meets the rollout or the outage of another. The command sets their number.
  // Playwright keeps together what shares a fleet: the fleets of variants, which take long to start, come last.
  workers: 1,
  fullyParallel: true,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // Ends only what hangs: each wait has a limit of its own.
  timeout: 180_000,
  expect: { timeout: deadline(5_000) },
  reporter: [
    // First: what it takes out, the others never see.
    ['./e2e/report/redact-reporter.ts'],
    ['./e2e/report/order-reporter.ts'],
    ...(quiet ? [] : humanReporters),
    ['./e2e/report/run-reporter.ts', { folder: reports, product, quiet }],
  ],
  use: {
    description: dezky,
    people: { mailHost: dezky.hosts.mail, groups: [groups.operators, groups.customers] },
    actionTimeout: deadline(20_000),
    navigationTimeout: deadline(20_000),
    timelines: !quiet,
    // With the pages as DOM. A film of each test costs a quarter of the run's CPU; `--trace on` has it.
    trace: { mode: 'retain-on-failure', screenshots: false },
    screenshot: 'only-on-failure',
    // Recording needs the ffmpeg that `playwright install` downloads, so it is asked for by name.
    video: process.env.E2E_VIDEO ? 'retain-on-failure' : 'off',
    launchOptions: browserOptions({ whole: headed }),
  },
});
