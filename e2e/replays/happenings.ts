import type { AppName } from '../../apps/environment/apps.ts';
import type { World } from '../explore/world.ts';
import { nextBuild } from '../models/next-build.ts';
import { signInByHttp } from '../models/sign-in-by-http.ts';
import { setFault, type Ongoing, type Place } from './maker.ts';
import type { Happening } from './plan.ts';
import { troubleMakers } from './trouble-makers.ts';
import type { Trouble } from './troubles.ts';

/** What happens to a fleet and its sessions between two requests. */
export class Happenings {
  readonly #world: World;
  readonly #going = new Map<Trouble, Ongoing>();
  /** The apps that run the next build; the others run the first. */
  readonly #onNext = new Set<AppName>();
  #releases = 0;

  constructor(world: World) {
    this.#world = world;
  }

  async happen(happening: Happening): Promise<void> {
    if (happening.do === 'time passes') return this.#pass(happening.seconds);
    if (happening.do === 'roll out') return this.#rollOut(happening.app, happening.isRelease);
    if (happening.do === 'sign out on another device') return this.#signOutElsewhere(happening.app);
    if (happening.do === 'end at Authentik') return this.#endAtAuthentik(happening.app);
    return happening.do === 'trouble begins' ? this.#begin(happening.of, happening) : this.#endTrouble(happening.of);
  }

  /** What is stored of each session is moved back, so nobody waits. */
  async #pass(seconds: number): Promise<void> {
    // A Redis that hangs cannot be changed, and time means nothing to it.
    if (this.#going.has('Redis')) return;
    await this.#world.noRenewals();
    for (const stored of await this.#world.storedSessions()) await this.#world.store.age(stored, seconds);
  }

  async #rollOut(app: AppName, isRelease: boolean): Promise<void> {
    if (!isRelease) return this.#world.whilePodsChange(() => this.#world.fleet.rollout(app));
    const sources = this.#onNext.delete(app) ? [] : [nextBuild];
    if (sources.length > 0) this.#onNext.add(app);
    this.#releases += 1;
    const change = { sources, revision: `repro-${this.#releases}` };
    return this.#world.whilePodsChange(() => this.#world.fleet.rollout(app, change));
  }

  /** Another browser signs in as the same person and out again: Authentik tells the app so. */
  async #signOutElsewhere(app: AppName): Promise<void> {
    const person = this.#world.person('anna');
    const phone = this.#world.browser('phone');
    await signInByHttp(phone, this.#world.originOf(app), person);
    const newest = (await this.#world.authentik.logoutTokens(app, person.username)).at(-1) ?? '';
    await phone.request(`${this.#world.originOf(app)}/auth/oidc/backchannel-logout`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ logout_token: newest }).toString(),
      cookie: '',
    });
  }

  /** As an administrator does it, and Authentik does not tell the app. */
  async #endAtAuthentik(app: AppName): Promise<void> {
    const { authentik, admin } = this.#world;
    const { logoutUri } = await authentik.provider(app);
    await authentik.changeProvider(app, { logoutUri: null });
    try {
      await admin.deleteSessions(this.#world.person('anna'));
    } finally {
      await authentik.changeProvider(app, { logoutUri });
    }
  }

  /** What always holds. */
  start(): Promise<void> {
    return setFault(this.#world);
  }

  async #begin(trouble: Trouble, place: Place): Promise<void> {
    this.#going.set(trouble, await troubleMakers[trouble](this.#world, place));
  }

  /** Resolves when a trouble has struck that waits for something. */
  async struck(trouble: Trouble): Promise<void> {
    await this.#going.get(trouble)?.struck;
  }

  async #endTrouble(trouble: Trouble): Promise<void> {
    const ongoing = this.#going.get(trouble);
    this.#going.delete(trouble);
    await ongoing?.end();
  }

  /** Ends all trouble that goes on. */
  async end(): Promise<void> {
    for (const trouble of this.#going.keys()) await this.#endTrouble(trouble);
  }
}
