import type { AppName } from '../../../apps/environment/apps.ts';
import { CheckFailed, type Check } from '../check.ts';
import type { SmokeClient } from '../client.ts';
import { ask } from '../probes.ts';
import type { Settled } from '../rules/settle.ts';
import type { Account, SmokeTarget } from '../target.ts';

/** What the checks of operator and portal are given. */
export interface CheckContext {
  client: SmokeClient;
  target: SmokeTarget;
  /** Answers of an app's pods about themselves, until they agree on a revision. They are asked once. */
  settled: (app: AppName) => Promise<Settled>;
  account: Account | undefined;
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
