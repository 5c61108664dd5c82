import { test as base, type TestInfo } from '@playwright/test';
import { firstApp, type AppName } from '../../apps/environment/apps.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { originsOf } from '../../fleet/product/hosts.ts';
import { groups } from '../../fixtures/people.ts';
import { randomPerson } from '../../fixtures/person.ts';
import { setupOf } from '../fixtures/authentik-setup.ts';
import { engineOf } from '../../fleet/product/fleet.ts';
import { runIdOf, runRequest } from '../run-request.ts';
import { testSettings } from '../fixtures/test-settings.ts';
import { checkContext, type AppCheck, type CheckContext } from '../probes/checks/app-check.ts';
import { budgetWith, type SmokeTarget } from '../probes/target.ts';

interface WorkerFixtures {
  suiteFleet: Fleet;
  checked: CheckContext;
}

interface TestFixtures {
  testSettings: void;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  testSettings: [testSettings, { auto: true }],
  suiteFleet: [
    async ({}, use, worker) => use(await engineOf(runRequest.engine).attach(runIdOf(worker))),
    { scope: 'worker' },
  ],
  checked: [
    async ({ suiteFleet }, use) => {
      const authentik = setupOf(suiteFleet, suiteFleet.runId);
      const account = randomPerson(suiteFleet.hosts.mail, Object.values(groups), authentik.usernamePrefix);
      await authentik.createUser(account);
      await use(checkContext(await targetOf(suiteFleet), account));
      await authentik.deleteUser(account.username);
    },
    { scope: 'worker' },
  ],
});

/** What a check of an app claims: its regressions, and the requirements that it shows. */
interface Claims {
  tag?: string[] | Partial<Record<AppName, string[]>>;
  annotation?: Array<{ type: string; description: string }>;
}

type TestBody = (fixtures: WorkerFixtures, info: TestInfo) => Promise<void>;

/** What a test of each check needs, on the suite's own fleet. @param claims by the title of the checks. */
export function testsOf(checks: readonly AppCheck[], claims: Readonly<Record<string, Claims>> = {}) {
  const unknown = Object.keys(claims).find((title) => checks.every((check) => check.title !== title));
  if (unknown !== undefined) throw new Error(`No check has the title "${unknown}".`);
  return checks.map(({ of, title, run }) => {
    const { tag = [], annotation = [] } = claims[title] ?? {};
    const body: TestBody = async ({ checked }, info) => {
      info.setTimeout(120_000);
      const { saw, faults } = await run(checked);
      info.annotations.push({ type: 'saw', description: saw });
      if (faults.length > 0) throw new Error(faults.join('\n'));
    };
    return { of, title, details: { tag: Array.isArray(tag) ? tag : (tag[of as AppName] ?? []), annotation }, body };
  });
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
