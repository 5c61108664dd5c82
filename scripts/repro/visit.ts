import type { BrowserContext, Response } from '@playwright/test';
import { appNames, sessionApp, type AppName } from '../../apps/environment/apps.ts';
import type { PodIndex } from '../../e2e/explore/model.ts';
import type { World } from '../../e2e/explore/world.ts';
import { App } from '../../e2e/models/app.ts';
import { AuthentikLogin } from '../../e2e/models/authentik-login.ts';
import type { Person } from '../../fixtures/people.ts';
import { EdgeClient } from '../../fleet/edge/client.ts';
import { FleetEvents } from '../../e2e/replays/fleet-events.ts';
import { clientId } from './on-fleet.ts';
import type { FleetEvent } from '../../e2e/replays/plan.ts';
import type { Shift } from './redacted-har.ts';
import type { Disruption } from '../../e2e/replays/disruptions.ts';

/** What a person does in a browser, in a recording. */
export class Visit {
  readonly app: App;
  readonly other: App;
  /** Time that passed in the sessions alone. */
  readonly shifts: Shift[] = [];
  readonly #world: World;
  readonly #events: FleetEvents;

  private constructor(world: World, app: App, other: App) {
    this.#world = world;
    this.#events = new FleetEvents(world);
    this.app = app;
    this.other = other;
  }

  static async begin(world: World, context: BrowserContext, name: AppName): Promise<Visit> {
    const { fleet } = world;
    const edge = new EdgeClient(fleet.edge);
    const otherName = appNames.find((each) => each !== name) ?? name;
    const [app, other] = await Promise.all(
      [name, otherName].map(async (each) => new App(each, await context.newPage(), fleet.hosts, edge, clientId)),
    );
    const visit = new Visit(world, app!, other!);
    await visit.#events.start();
    return visit;
  }

  get person(): Person {
    return this.#world.person('anna');
  }

  /** Ends wherever the app leads after it, because a fault may refuse the new session at once. */
  async signIn(): Promise<void> {
    await this.app.startSignIn();
    await this.#callback(() => new AuthentikLogin(this.app.page).signIn(this.person));
  }

  /** A sign-in that Authentik goes through with at once, because it knows the person. */
  async startSignInInSecondTab(): Promise<void> {
    const tab = await this.app.context.newPage();
    await tab.goto(`${this.app.origin}/auth/oidc/login`, { waitUntil: 'networkidle' });
    await tab.close();
  }

  /** Each page by its address, and each API route from within a page, one after the other. */
  async browse(): Promise<void> {
    const { pages, api } = sessionApp[this.app.name];
    for (const path of pages) await this.open(path);
    for (const path of api) await this.call(path);
  }

  async open(path: string): Promise<void> {
    await this.app.page.goto(this.app.origin + path, { waitUntil: 'networkidle' });
  }

  /** @returns the status. */
  async call(path: string): Promise<number> {
    const [status = 0] = await this.callAtOnce(path, 1);
    return status;
  }

  /** @returns the status of each; 0: no answer came. */
  callAtOnce(path: string, count: number): Promise<number[]> {
    return this.app.page.evaluate(
      async ([target, number]) => {
        const calls = Array.from({ length: number }, () =>
          // With its cache, Chromium sends requests for the same address one after the other.
          fetch(target, { headers: { accept: 'application/json' }, cache: 'no-store' }).then(
            async (answer) => (await answer.text(), answer.status),
            () => 0,
          ),
        );
        return Promise.all(calls);
      },
      [this.app.origin + path, count] as const,
    );
  }

  /** Sends all requests to one pod of the app from now on; without one they are balanced again. */
  async pinTo(pod?: PodIndex): Promise<void> {
    await this.app.pinTo(pod === undefined ? undefined : (await this.#world.podsOf(this.app.name))[pod]);
  }

  /** Presses "Sign out" on a page of a pod that serves the session, and reaches a pod that does not, if there is one. */
  async signOutOfAnotherPod(): Promise<void> {
    const statuses = new Map<PodIndex, number>();
    for (const pod of [0, 1] as const) {
      await this.pinTo(pod);
      statuses.set(pod, await this.call('/api/me'));
    }
    const podWith = (isServed: boolean) => [...statuses].find(([, status]) => (status === 200) === isServed)?.[0];
    await this.pinTo(podWith(true));
    await this.open('/');
    await this.pinTo(podWith(false));
    await this.app.signOut();
    await this.pinTo();
  }

  /** A person who is shown the sign-in page signs in again, with the password if Authentik asks for it. */
  async signInAgain(): Promise<void> {
    await this.open('/');
    const { page } = this.app;
    if (new URL(page.url()).pathname !== '/sign-in') return;
    const login = new AuthentikLogin(page);
    await this.#callback(async (back) => {
      await this.app.signInControl.click();
      await Promise.race([back, login.username.waitFor().then(() => login.signIn(this.person))]);
    });
  }

  /** Ends when the browser is back, or when Authentik answers with an error. */
  async #callback(work: (back: Promise<unknown>) => Promise<unknown>): Promise<void> {
    const { page } = this.app;
    const isEnd = (response: Response): boolean =>
      response.url().includes('/auth/oidc/callback') ||
      (response.status() >= 500 && new URL(response.url()).host === this.#world.fleet.hosts.auth);
    const back = page.waitForResponse(isEnd);
    await Promise.all([back, work(back)]);
    await page.waitForLoadState('networkidle');
  }

  async apply(event: FleetEvent): Promise<void> {
    await this.#events.apply(event);
    if (event.do === 'time passes') this.shifts.push({ from: Date.now(), ms: event.seconds * 1000 });
  }

  async end(): Promise<void> {
    await this.#events.end();
  }

  /** Resolves when a disruption that waits for a refresh is in effect. */
  injected(disruption: Disruption): Promise<void> {
    return this.#events.injected(disruption);
  }
}
