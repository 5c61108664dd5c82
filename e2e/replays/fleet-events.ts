import type { AppName } from '../../apps/environment/apps.ts';
import type { World } from '../explore/world.ts';
import { nextBuild } from '../models/next-build.ts';
import { signInByHttp } from '../models/sign-in-by-http.ts';
import { backChannelPath } from '../models/back-channel.ts';
import type { Disruption } from './disruptions.ts';
import { setFault, type Injection, type Target } from './inject.ts';
import { injections } from './injections.ts';
import type { FleetEvent } from './plan.ts';

/** Applies the events of a plan to a fleet and its sessions. */
export class FleetEvents {
  readonly #world: World;
  readonly #injected = new Map<Disruption, Injection>();
  /** The apps that run the next build; the others run the first. */
  readonly #onNext = new Set<AppName>();
  #releases = 0;

  constructor(world: World) {
    this.#world = world;
  }

  async apply(event: FleetEvent): Promise<void> {
    if (event.do === 'time passes') return this.#pass(event.seconds);
    if (event.do === 'roll out') return this.#rollOut(event.app, event.isRelease);
    if (event.do === 'sign out on another device') return this.#signOutElsewhere(event.app);
    if (event.do === 'expiry at Authentik') return this.#expireAtAuthentik();
    return event.do === 'disruption begins' ? this.#begin(event.of, event) : this.#endDisruption(event.of);
  }

  /** Moves the stored times of each session back instead of waiting. */
  async #pass(seconds: number): Promise<void> {
    // A Redis that hangs cannot be changed.
    if (this.#injected.has('Redis')) return;
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

  /** Another browser signs in as the same user and out again, and Authentik notifies the app. */
  async #signOutElsewhere(app: AppName): Promise<void> {
    const person = this.#world.person('anna');
    const phone = this.#world.browser('phone');
    await signInByHttp(phone, this.#world.originOf(app), person);
    const newest = (await this.#world.authentik.logoutTokens(app, person.username)).at(-1) ?? '';
    await phone.request(`${this.#world.originOf(app)}${backChannelPath}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ logout_token: newest }).toString(),
      cookie: '',
    });
  }

  /** A session lasts for a day at Authentik, and its end is not announced to the apps. */
  async #expireAtAuthentik(): Promise<void> {
    await this.#world.authentik.setClock(25 * 3600);
    await this.#world.authentik.removeExpiredSessions();
  }

  /** Sets the fault that every replay runs with. */
  start(): Promise<void> {
    return setFault(this.#world);
  }

  async #begin(disruption: Disruption, target: Target): Promise<void> {
    this.#injected.set(disruption, await injections[disruption](this.#world, target));
  }

  /** Resolves when a disruption that waits for a refresh is in effect. */
  async injected(disruption: Disruption): Promise<void> {
    await this.#injected.get(disruption)?.injected;
  }

  async #endDisruption(disruption: Disruption): Promise<void> {
    const injection = this.#injected.get(disruption);
    this.#injected.delete(disruption);
    await injection?.end();
  }

  /** Ends all disruptions. */
  async end(): Promise<void> {
    for (const disruption of this.#injected.keys()) await this.#endDisruption(disruption);
  }
}
