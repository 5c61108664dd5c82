import type { World } from '../explore/world.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { until } from '../../fleet/until.ts';
import { setFault, type Maker } from './maker.ts';

/** Milliseconds after which the lock of a refresh that nobody ends is gone: it lives 20 000. */
const lockMs = 30_000;
/** Milliseconds for all requests during a trouble. */
const longestMs = 120_000;

/**
 * A trouble that strikes when Authentik is asked for new tokens, and has not answered yet. When nobody asks, it never
 * strikes.
 * @param strike does it to a pod, and returns what takes it back.
 */
export const inRefresh =
  (
    { tokenDelayMs }: { tokenDelayMs: number },
    strike: (world: World, pod: string) => Promise<() => Promise<void>>,
  ): Maker =>
  async (world, { app, pod }) => {
    const { username } = world.person('anna');
    const name = (await world.podsOf(app))[pod] ?? '';
    const { next: after } = await world.authentik.requests();
    await world.authentik.setFault({ tokenDelayMs, username, times: 1 });
    const isAsked = async (): Promise<boolean> =>
      !(await world.authentik.faults()).some((fault) => fault.username === username);
    let isOver = false;
    let recover: (() => Promise<void>) | undefined;
    const struck = (async () => {
      await until(async () => isOver || (await isAsked()), {
        timeoutMs: longestMs,
        intervalMs: 25,
        failure: () => new HarnessError(`No request of a replay ended within ${longestMs / 1000} s. Run it again.`),
      });
      if (!isOver) recover = await strike(world, name);
    })();
    return {
      struck,
      end: async () => {
        isOver = true;
        await struck;
        if (recover) {
          await recover();
          await world.renewed(username, after, lockMs);
        }
        await setFault(world);
      },
    };
  };
