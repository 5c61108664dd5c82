import type { AppName } from '../../../apps/environment/apps.ts';
import type { SmokeClient } from '../client.ts';
import { ask } from '../probes.ts';
import type { Settled } from '../rules/settle.ts';
import type { Account, HostRole, SmokeTarget } from '../target.ts';

/** What a check found. */
interface CheckResult {
  saw: string;
  /** Sentences; empty when there are no faults. */
  faults: readonly string[];
}

/** One question to a deployed fleet. It changes nothing. */
export interface Check<Context = CheckContext> {
  of: string;
  title: string;
  /** Why it is not asked of this target. */
  skips?: (context: Context) => string | undefined;
  /** @throws CheckFailed, Unreachable: the only fault, when nothing else can be looked at. */
  run: (context: Context) => Promise<CheckResult>;
}

/** Ends a check with one sentence. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
}

/** What the checks of operator and portal are given. */
export interface CheckContext {
  client: SmokeClient;
  target: SmokeTarget;
  /** Answers of an app's pods about themselves, until they agree on a revision. They are asked once. */
  settled: (app: AppName) => Promise<Settled>;
  account: Account | undefined;
}

/** Fails with one sentence when what answers at the host of an app is no pod of it. */
export const ofPods =
  (app: AppName, run: Check['run']): Check['run'] =>
  async (context) => {
    const { isOutside, problem } = await ask(context.client, app, 'ready');
    if (isOutside) throw new CheckFailed(problem);
    return run(context);
  };

/** The title of a check with the host that it is about. */
export const nameOf = ({ of, title }: { of: HostRole | string; title: string }): string => `${of} ${title}`;
