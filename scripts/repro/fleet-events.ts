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
 * those of another request (3 reads within 1200).
 */
const refreshRaceMs = 2500;

export class FleetEvents {
  readonly #world: World;
  /** The apps that run the next build; the others run the first. */
  readonly #onNext = new Set<AppName>();
  #releases = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Of concurrent refreshes only the first succeeds, and the others do not find its tokens at once. */
  start(): Promise<void> {
    const { username } = this.#world.person('anna');
    return this.#world.authentik.setFault({ oneRefreshWins: true, refreshRaceMs, username });
  }

  async apply(event: FleetEvent): Promise<void> {
    if (event.do === 'roll out') return this.#rollOut(event.app, event.isRelease);
    await this.#world.noRenewals();
    const { store } = this.#world;
    const stored = await this.#world.storedSessions();
    // The stored times of each session are moved back instead of waiting.
    if (event.do === 'time passes') for (const key of stored) await store.age(key, event.seconds);
    else
      for (const { db, key } of stored.filter((each) => sessionKeyPattern(event.app).test(each.key)))
        await store.db(db).del(key);
  }

  async #rollOut(app: AppName, isRelease: boolean): Promise<void> {
    if (!isRelease) return this.#world.whilePodsChange(() => this.#world.fleet.rollout(app));
    const sources = this.#onNext.delete(app) ? [] : [nextBuild];
    if (sources.length > 0) this.#onNext.add(app);
    this.#releases += 1;
    const change = { sources, revision: `repro-${this.#releases}` };
    return this.#world.whilePodsChange(() => this.#world.fleet.rollout(app, change));
  }
}
