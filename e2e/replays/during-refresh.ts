import type { World } from '../explore/world.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { until } from '../../fleet/until.ts';
import { setFault, type Inject } from './inject.ts';

/** Timeout for an abandoned refresh lock, which expires after 20 s. Milliseconds. */
const lockMs = 30_000;
/** Timeout for all requests during a disruption. Milliseconds. */
const longestMs = 120_000;

/**
 * A disruption that is injected while a refresh is in progress at Authentik. Without a refresh it is never injected.
 * @param inject injects it into a pod, and returns the function that reverts it.
 */
export const duringRefresh =
  (
    { tokenDelayMs }: { tokenDelayMs: number },
    inject: (world: World, pod: string) => Promise<() => Promise<void>>,
  ): Inject =>
  async (world, { app, pod }) => {
    const { username } = world.person('anna');
    const name = (await world.podsOf(app))[pod] ?? '';
    const { next: after } = await world.authentik.requests();
    await world.authentik.setFault({ tokenDelayMs, username, times: 1 });
    const isAsked = async (): Promise<boolean> =>
      !(await world.authentik.faults()).some((fault) => fault.username === username);
    let isOver = false;
    let recover: (() => Promise<void>) | undefined;
    const injected = (async () => {
      await until(async () => isOver || (await isAsked()), {
        timeoutMs: longestMs,
        intervalMs: 25,
        failure: () => new HarnessError(`No request of a replay ended within ${longestMs / 1000} s. Run it again.`),
      });
      if (!isOver) recover = await inject(world, name);
    })();
    return {
      injected,
      end: async () => {
        isOver = true;
        await injected;
        if (recover) {
          await recover();
          await world.renewed(username, after, lockMs);
        }
        await setFault(world);
      },
    };
  };
