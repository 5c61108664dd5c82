import type { AppName } from '../../apps/environment/apps.ts';
import type { World } from '../../e2e/explore/world.ts';
import { nextBuild } from '../../e2e/models/next-build.ts';
import { redisPod } from '../../e2e/models/redis-outage.ts';
import { signInByHttp } from '../../e2e/models/sign-in-by-http.ts';
import type { Fault } from '../../fixtures/authentik/control/faults.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { until } from '../../fleet/until.ts';
import type { Happening, Trouble } from './plan.ts';

/** Milliseconds that Authentik takes when it is slow: longer than a request waits for new tokens (4000). */
const slowMs = 6000;

const faults: Partial<Record<Trouble, Fault>> = {
  'Authentik down': { tokenStatus: 503 },
  'Authentik slow': { tokenDelayMs: slowMs },
};

/** What happens to a fleet and its sessions between two requests. */
export class Happenings {
  readonly #world: World;
  readonly #going = new Set<Trouble>();
  /** The apps that run the next build; the others run the first. */
  readonly #onNext = new Set<AppName>();
  #releases = 0;
  /** When, by the clock of this process in milliseconds, and where in the log of Authentik. */
  #troubleBegan = { at: 0, cursor: 0 };

  constructor(world: World) {
    this.#world = world;
  }

  async happen(happening: Happening): Promise<void> {
    if (happening.do === 'time passes') return this.#pass(happening.seconds);
    if (happening.do === 'roll out') return this.rollOut(happening.app, happening.isRelease);
    if (happening.do === 'sign out on another device') return this.signOutElsewhere(happening.app, 'anna');
    return happening.do === 'trouble begins' ? this.begin(happening.of) : this.endTrouble(happening.of);
  }

  /** What is stored of each session is moved back, so nobody waits. */
  async #pass(seconds: number): Promise<void> {
    // A Redis that hangs cannot be changed, and time means nothing to it.
    if (this.#going.has('Redis')) return;
    await this.#world.noRenewals();
    for (const stored of await this.#world.storedSessions()) await this.#world.store.age(stored, seconds);
  }

  async rollOut(app: AppName, isRelease: boolean): Promise<void> {
    if (!isRelease) return this.#world.whilePodsChange(() => this.#world.fleet.rollout(app));
    const sources = this.#onNext.delete(app) ? [] : [nextBuild];
    if (sources.length > 0) this.#onNext.add(app);
    this.#releases += 1;
    const change = { sources, revision: `repro-${this.#releases}` };
    return this.#world.whilePodsChange(() => this.#world.fleet.rollout(app, change));
  }

  /** Another browser signs in as the same person and out again: Authentik tells the app so. */
  async signOutElsewhere(app: AppName, name: 'anna' | 'ben'): Promise<void> {
    const { username } = this.#world.person(name);
    const phone = this.#world.browser('phone');
    await signInByHttp(phone, this.#world.originOf(app), this.#world.person(name));
    const newest = (await this.#world.authentik.logoutTokens(app, username)).at(-1) ?? '';
    await phone.request(`${this.#world.originOf(app)}/auth/oidc/backchannel-logout`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ logout_token: newest }).toString(),
      cookie: '',
    });
  }

  /** Of refreshes at the same time only the first succeeds, as when Authentik is fast. */
  start(): Promise<void> {
    return this.#setFault({});
  }

  async begin(trouble: Trouble): Promise<void> {
    this.#going.add(trouble);
    this.#troubleBegan = { at: performance.now(), cursor: (await this.#world.authentik.requests()).next };
    const fault = faults[trouble];
    if (fault) return this.#setFault(fault);
    await this.#world.fleet.kill(await redisPod(this.#world.fleet), 'SIGSTOP');
  }

  async endTrouble(trouble: Trouble): Promise<void> {
    if (!this.#going.delete(trouble)) return;
    if (trouble === 'Authentik slow') await this.#slowRefreshIsAnswered();
    if (faults[trouble]) return this.#setFault({});
    await this.#world.fleet.kill(await redisPod(this.#world.fleet), 'SIGCONT');
    await this.#world.storeIsBack();
  }

  /** Otherwise the next request would renew the tokens before Authentik has done so for the slow one. */
  async #slowRefreshIsAnswered(): Promise<void> {
    const { at, cursor } = this.#troubleBegan;
    const user = this.#world.person('anna').username;
    const isAnswered = async (): Promise<boolean> => {
      const { requests } = await this.#world.authentik.requests({ after: cursor, user });
      return requests.some(({ grantType }) => grantType === 'refresh_token');
    };
    // None is under way for longer.
    const latest = at + 2 * slowMs;
    await until(async () => performance.now() > latest || (await isAnswered()), {
      timeoutMs: 3 * slowMs,
      intervalMs: 50,
      failure: () => new HarnessError('Authentik does not say which refreshes it has answered. Run the command again.'),
    });
  }

  /** Ends all trouble that goes on. */
  async end(): Promise<void> {
    for (const trouble of this.#going) await this.endTrouble(trouble);
  }

  #setFault(fault: Fault): Promise<void> {
    const { username } = this.#world.person('anna');
    return this.#world.authentik.setFault({ oneRefreshWins: true, ...fault, username });
  }
}
