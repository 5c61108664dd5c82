// What specs of other projects import.
import { test as checkTest } from '../../e2e/any-app/test.ts';
import { rollOut } from '../../e2e/claims/rollout.ts';
import { twoPods } from '../../e2e/claims/two-pods.ts';
import type { TestFixtures } from '../../e2e/fixtures/types.ts';
import type { SessionCheckConfig } from './settings.ts';

export { expect } from '../../e2e/matchers/index.ts';

/** What a project's playwright.config.ts may have in `use`, beside the global setup. */
export interface SessionCheckOptions {
  /** The app, if session-check.config.ts does not describe it. */
  sessionCheck: SessionCheckConfig;
}

interface AppFixtures {
  /** Names of two pods of the app that are Ready when the test begins. */
  twoPods: [a: string, b: string];
  /** The mock provider: its faults and changes of its clock end after the test. */
  provider: TestFixtures['authentik'];
  /** A rolling update of the app to its next release, or a restart. Resolves when the new pods are Ready and the old ones have ended. */
  rollout: () => Promise<void>;
}

export const test = checkTest.extend<AppFixtures>({
  twoPods: async ({ fleet, app }, use) => use(await twoPods(fleet, app.description.name)),
  provider: ({ authentik }, use) => use(authentik),
  rollout: ({ fleet, app: { description } }, use) => use(() => rollOut(fleet, description)),
});
