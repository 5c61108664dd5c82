import type { Response } from '@playwright/test';
import { sessionApp } from '../../apps/environment/apps.ts';
import type { World } from '../../e2e/explore/world.ts';
import type { App } from '../../e2e/models/app.ts';
import { AuthentikLogin } from '../../e2e/models/authentik-login.ts';
import { FleetEvents, type FleetEvent } from './fleet-events.ts';
import type { TimeShift } from './redacted-har.ts';

/** Seconds after which an access token is refreshed, and more. */
const dueSeconds = 360;

/** What a person does in a browser while it is recorded. */
export class Visit {
  /** Time that passed in the sessions alone. */
  readonly shifts: TimeShift[] = [];
  readonly #world: World;
  readonly #events: FleetEvents;
  readonly #app: App;

  constructor(world: World, app: App) {
    this.#world = world;
    this.#events = new FleetEvents(world);
    this.#app = app;
  }

  async begin(): Promise<void> {
    await this.#events.start();
    await this.#signInAgain();
    await this.#browse();
  }

  /** Looks around, also with expired tokens, signs out and in again. */
  async end(): Promise<void> {
    await this.#browse();
    // On one pod, and then on both, because a lock may be shared by the requests of a pod alone.
    for (const { pod, count } of [
      { pod: 0, count: 2 },
      { pod: undefined, count: 8 },
    ] as const) {
      await this.#signInAgain();
      await this.apply({ do: 'time passes', seconds: dueSeconds });
      await this.#pinTo(pod);
      await this.#call('/api/me', count);
      await this.#pinTo();
    }
    await this.#browse();
    await this.#signInAgain();
    await this.#signOut();
    await this.#browse();
    await this.#signInAgain();
    await this.#browse();
  }

  async apply(event: FleetEvent): Promise<void> {
    await this.#events.apply(event);
    if (event.do === 'time passes') this.shifts.push({ from: Date.now(), ms: event.seconds * 1000 });
  }

  /** A person who is shown the sign-in page signs in, with the password if Authentik asks for it. */
  async #signInAgain(): Promise<void> {
    await this.#open('/');
    const { page } = this.#app;
    if (new URL(page.url()).pathname !== '/sign-in') return;
    const login = new AuthentikLogin(page);
    const isEnd = (response: Response): boolean => response.url().includes('/auth/oidc/callback');
    const back = page.waitForResponse(isEnd);
    await this.#app.signInControl.click();
    const password = login.username.waitFor().then(() => login.signIn(this.#world.person('anna')));
    await Promise.race([back, password]);
    await back;
    // Wherever the app leads after it, because a fault may refuse the new session at once.
    await page.waitForLoadState('networkidle');
  }

  /** Each page by its address, and each API route from within a page, one after the other. */
  async #browse(): Promise<void> {
    const { pages, api } = sessionApp[this.#app.name];
    for (const path of pages) await this.#open(path);
    for (const path of api) await this.#call(path);
  }

  async #open(path: string): Promise<void> {
    await this.#app.page.goto(this.#app.origin + path, { waitUntil: 'networkidle' });
  }

  /** Calls an API route from within the page, several times at once. @returns the status of each call. */
  #call(path: string, count = 1): Promise<number[]> {
    return this.#app.page.evaluate(
      // With its cache, Chromium sends requests for the same address one after the other.
      ([url, number]) =>
        Promise.all(
          Array.from({ length: number }, () =>
            fetch(url, { headers: { accept: 'application/json' }, cache: 'no-store' }).then(({ status }) => status),
          ),
        ),
      [this.#app.origin + path, count] as const,
    );
  }

  /** Sends all requests to one pod of the app from now on; without one they are balanced again. */
  async #pinTo(pod?: 0 | 1): Promise<void> {
    await this.#app.pinTo(pod === undefined ? undefined : (await this.#world.podsOf(this.#app.name))[pod]);
  }

  /** Presses "Sign out" on a page of a pod that serves the session, and reaches a pod that does not, if there is one. */
  async #signOut(): Promise<void> {
    const serving: Array<0 | 1> = [];
    for (const pod of [0, 1] as const) {
      await this.#pinTo(pod);
      if ((await this.#call('/api/me'))[0] === 200) serving.push(pod);
    }
    await this.#pinTo(serving[0]);
    await this.#open('/');
    await this.#pinTo(serving.length === 1 && serving[0] === 0 ? 1 : 0);
    await this.#app.signOut();
    await this.#pinTo();
  }
}
