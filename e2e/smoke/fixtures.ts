import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test as base, type TestInfo } from '@playwright/test';
import { firstApp, type AppName } from '../../apps/environment/apps.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import { originsOf } from '../../fleet/product/hosts.ts';
import { groups } from '../../fixtures/people.ts';
import { randomPerson } from '../../fixtures/person.ts';
import { setupOf, driveFlowPages } from '../fixtures/authentik-setup.ts';
import { engineOf } from '../../fleet/product/fleet.ts';
import { authentikServerOf } from '../engine-in-use.ts';
import { runIdOf, runRequest } from '../run-request.ts';
import { expectedFailures, testTimeout } from '../fixtures/test-settings.ts';
import { ask } from '../probes/probes.ts';
import { settle, type Settled } from '../probes/rules/settle.ts';
import { accountIn, budgetWith, variables, type Account, type SmokeTarget } from '../probes/target.ts';
import { SmokeClient } from '../probes/client.ts';

interface CheckResult {
  saw: string;
  /** Sentences; empty when there are no faults. */
  faults: readonly string[];
}

interface WorkerFixtures {
  /** The suite's own fleet, when it is the target: the same checks run on both. */
  suiteFleet: Fleet | undefined;
  target: SmokeTarget;
  client: SmokeClient;
  /** Answers of an app's pods about themselves, until they agree on a revision. They are asked once. */
  settled: (app: AppName) => Promise<Settled>;
  account: Account | undefined;
}

interface TestFixtures {
  testTimeout: void;
  expectedFailures: void;
  report: (result: CheckResult) => void;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  testTimeout: [testTimeout, { auto: true }],
  expectedFailures: [expectedFailures, { auto: true }],
  suiteFleet: [
    async ({}, use, worker) => {
      const isGiven = process.env[variables.target] !== undefined || runRequest.runs.length === 0;
      await use(isGiven ? undefined : await engineOf(runRequest.engine).attach(runIdOf(worker)));
    },
    { scope: 'worker' },
  ],
  target: [
    async ({ suiteFleet }, use) => use(suiteFleet ? await targetOf(suiteFleet) : targetFromEnvironment()),
    { scope: 'worker' },
  ],
  // A real Authentik may run without its web bundle.
  browser: [
    ({ browser, suiteFleet }, use) => {
      if (suiteFleet && authentikServerOf(suiteFleet)) driveFlowPages(browser, httpsOf(suiteFleet.hosts.auth));
      return use(browser);
    },
    { scope: 'worker' },
  ],
  client: [({ target }, use) => use(new SmokeClient(target)), { scope: 'worker' }],
  settled: [
    async ({ client, target: { sha, wait } }, use, { project }) => {
      const asked = new Map<AppName, Promise<Settled>>();
      const settleOnce = async (app: AppName): Promise<Settled> => {
        // A failed check ends its worker, so a file tells the next worker that the wait is over.
        const waitIsOver = join(project.outputDir, `${app}-wait-is-over`);
        const left = existsSync(waitIsOver) ? 0 : wait;
        const result = await settle({ ask: () => ask(client, app, 'ready'), wanted: sha, wait: left });
        if (!result.settled && left > 0) {
          mkdirSync(project.outputDir, { recursive: true });
          writeFileSync(waitIsOver, '');
        }
        return result;
      };
      await use((app) => {
        const settled = asked.get(app) ?? settleOnce(app);
        asked.set(app, settled);
        return settled;
      });
    },
    { scope: 'worker' },
  ],
  account: [
    async ({ suiteFleet }, use) => {
      if (!suiteFleet) return use(accountIn(process.env));
      const authentik = setupOf(suiteFleet, suiteFleet.runId);
      const account = randomPerson(suiteFleet.hosts.mail, Object.values(groups), authentik.usernamePrefix);
      await authentik.createUser(account);
      await use(account);
      await authentik.deleteUser(account.username);
    },
    { scope: 'worker' },
  ],
  report: ({}, use, testInfo) => use((result) => conclude(result, testInfo)),
});

/** Fails the checks of an app with one sentence, when what answers is no pod of it. */
export async function requirePod(client: SmokeClient, app: AppName): Promise<void> {
  const { isOutside, problem } = await ask(client, app, 'ready');
  if (isOutside) throw new Error(problem);
}

/** Records the observation for the reports, and fails with the faults as plain sentences. */
function conclude({ saw, faults }: CheckResult, testInfo: TestInfo): void {
  testInfo.annotations.push({ type: 'saw', description: saw });
  if (faults.length > 0) throw new Error(faults.join('\n'));
}

function targetFromEnvironment(): SmokeTarget {
  const given = process.env[variables.target];
  if (given) return JSON.parse(given) as SmokeTarget;
  throw new HarnessError('No target is named. Run these checks with: npm run smoke -- --help');
}

async function targetOf(fleet: Fleet): Promise<SmokeTarget> {
  // One release has one revision, so an app on an older revision is detected.
  const [pod] = await fleet.pods(firstApp);
  return {
    urls: originsOf(fleet.hosts),
    proxy: fleet.edge.proxyUrl,
    caFile: fleet.edge.caFile,
    ...(pod ? { sha: pod.revision } : {}),
    pods: 2,
    wait: 0,
    budget: budgetWith(0),
    authorize: true,
  };
}
