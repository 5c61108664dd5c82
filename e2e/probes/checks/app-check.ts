import { forEachApp, sessionApp, type AppName } from '../../../apps/environment/apps.ts';
import { CheckFailed, once, type Check } from '../check.ts';
import type { LiveResponse } from '../../../fleet/engines/live/live.ts';
import { everyHost, SmokeClient } from '../client.ts';
import { ask } from '../probes.ts';
import { settle, type Settled } from '../settle.ts';
import type { Account } from '../account.ts';
import { inTime } from '../rules/in-time.ts';
import type { HostRole, SmokeTarget } from '../target.ts';

/** What the checks of operator and portal are given. */
export interface CheckContext {
  client: SmokeClient;
  target: SmokeTarget;
  /** Answers of an app's pods about themselves, until they agree on a revision. They are asked once. */
  settled: (app: AppName) => Promise<Settled>;
  /** An answer of a host, which is asked once, as its API is. @throws Slow */
  timely: (role: HostRole) => Promise<LiveResponse>;
  account: Account | undefined;
}

/** @throws HarnessError when the --ca file cannot be read. */
export function checkContext(target: SmokeTarget, account: Account | undefined): CheckContext {
  const client = new SmokeClient(target);
  const { sha, wait } = target;
  const asked = forEachApp(({ name }) =>
    once(() => settle({ ask: () => ask(client, name, 'ready'), wanted: sha, wait })),
  );
  const timely = Object.fromEntries(
    everyHost.map(([role, path]) => [
      role,
      once(async () => {
        const api = role === 'auth' ? [] : sessionApp[role].api.slice(0, 1);
        const [answer] = await Promise.all([path, ...api].map((each) => inTime(() => client.get(role, each))));
        return answer!;
      }),
    ]),
  ) as Record<HostRole, () => Promise<LiveResponse>>;
  return { client, target, account, settled: (app) => asked[app](), timely: (role) => timely[role]() };
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
