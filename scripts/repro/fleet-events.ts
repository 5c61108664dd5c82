import type { AppName } from '../../apps/environment/apps.ts';
import { sessionKeyPattern } from '../../e2e/contract.ts';
import type { World } from '../../e2e/explore/world.ts';
import { nextBuild } from '../../e2e/models/next-build.ts';

/** Something that happens to the fleet or to the session between two requests. */
export type FleetEvent =
  | { do: 'time passes'; seconds: number }
  | { do: 'roll out'; app: AppName; isRelease: boolean }
  | { do: 'lose the session'; app: AppName };

/**
 * Milliseconds that Authentik takes to store refreshed tokens: longer than a request whose refresh is refused waits for
 * those of another request (3 reads within 1200 ms: apps/base/server/sessions/refresh-session.ts).
 */
const refreshRaceMs = 2500;

/** Of concurrent refreshes only the first succeeds, and the others do not find its tokens at once. */
export const refreshesRace = (world: World): Promise<void> =>
  world.authentik.setFault({ oneRefreshWins: true, refreshRaceMs, username: world.people.anna.username });

/** What makes events happen to the fleet of this world. */
export function fleetEvents(world: World): (event: FleetEvent) => Promise<void> {
  /** The apps that run the next build; the others run the first. */
  const onNext = new Set<AppName>();
  let releases = 0;
  const rollOut = (app: AppName, isRelease: boolean): Promise<void> => {
    if (!isRelease) return world.whilePodsChange(() => world.fleet.rollout(app));
    const sources = onNext.delete(app) ? [] : [nextBuild];
    if (sources.length > 0) onNext.add(app);
    releases += 1;
    const change = { sources, revision: `repro-${releases}` };
    return world.whilePodsChange(() => world.fleet.rollout(app, change));
  };
  return async (event) => {
    if (event.do === 'roll out') return rollOut(event.app, event.isRelease);
    await world.noRenewals();
    const { store } = world;
    const stored = await world.storedSessions();
    // The stored times of each session are moved back instead of waiting.
    if (event.do === 'time passes') for (const key of stored) await store.age(key, event.seconds);
    else
      for (const { db, key } of stored.filter((each) => sessionKeyPattern(event.app).test(each.key)))
        await store.db(db).del(key);
  };
}
