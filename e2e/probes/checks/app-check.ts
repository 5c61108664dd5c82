import { forEachApp, type AppName } from '../../../apps/environment/apps.ts';
import { CheckFailed, once, type Check } from '../check.ts';
import { SmokeClient } from '../client.ts';
import { ask } from '../probes.ts';
import { settle, type Settled } from '../settle.ts';
import type { Account } from '../account.ts';
import type { SmokeTarget } from '../target.ts';

/** What the checks of operator and portal are given. */
export interface CheckContext {
  client: SmokeClient;
  target: SmokeTarget;
  /** Answers of an app's pods about themselves, until they agree on a revision. They are asked once. */
  settled: (app: AppName) => Promise<Settled>;
  account: Account | undefined;
}

/** @throws HarnessError when the --ca file cannot be read. */
export function checkContext(target: SmokeTarget, account: Account | undefined): CheckContext {
  const client = new SmokeClient(target);
  const { sha, wait } = target;
  const asked = forEachApp(({ name }) =>
    once(() => settle({ ask: () => ask(client, name, 'ready'), wanted: sha, wait })),
  );
  return { client, target, account, settled: (app) => asked[app]() };
}

/** A check of operator or portal. */
export type AppCheck = Check<CheckContext>;

/** Fails with one sentence when what answers at the host of an app is no pod of it. */
export const ofPods =
  (app: AppName, run: AppCheck['run']): AppCheck['run'] =>
  async (context) => {
    const { isOutside, problem } = await ask(context.client, app, 'ready');
    if (isOutside) throw new CheckFailed(problem);
    return run(context);
  };
