import type { BrowserContext } from '@playwright/test';
import { appNames, sessionApp, type AppName } from '../../apps/environment/apps.ts';
import type { World } from '../../e2e/explore/world.ts';
import { App } from '../../e2e/models/app.ts';
import { AuthentikLogin } from '../../e2e/models/authentik-login.ts';
import type { Person } from '../../fixtures/people.ts';
import { EdgeClient } from '../../fleet/edge/client.ts';
import { Happenings } from './happenings.ts';
import { clientId } from './on-fleet.ts';
import type { Happening } from './plan.ts';
import type { Shift } from './redacted-har.ts';

/** What a person does in a browser, in a recording. */
export class Visit {
  readonly app: App;
  readonly other: App;
  /** Time that passed in the sessions alone. */
  readonly shifts: Shift[] = [];
  readonly #world: World;
  readonly #happenings: Happenings;

  private constructor(world: World, app: App, other: App) {
    this.#world = world;
    this.#happenings = new Happenings(world);
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
    await visit.#happenings.start();
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

  call(path: string): Promise<void> {
    return this.callAtOnce(path, 1);
  }

  callAtOnce(path: string, count: number): Promise<void> {
    return this.app.page.evaluate(
      async ([target, number]) => {
        const calls = Array.from({ length: number }, () =>
          // With its cache, Chromium sends requests for the same address one after the other.
          fetch(target, { headers: { accept: 'application/json' }, cache: 'no-store' }),
        );
        await Promise.all(calls.map(async (call) => (await call).text()));
      },
      [this.app.origin + path, count] as const,
    );
  }

  /** A person who is shown the sign-in page signs in again. Authentik knows them. */
  async signInAgain(): Promise<void> {
    await this.open('/');
    if (new URL(this.app.page.url()).pathname !== '/sign-in') return;
    await this.#callback(() => this.app.signInControl.click());
  }

  async #callback(work: () => Promise<void>): Promise<void> {
    const { page } = this.app;
    await Promise.all([page.waitForResponse((response) => response.url().includes('/auth/oidc/callback')), work()]);
    await page.waitForLoadState('networkidle');
  }

  async happen(happening: Happening): Promise<void> {
    await this.#happenings.happen(happening);
    if (happening.do === 'time passes') this.shifts.push({ from: Date.now(), ms: happening.seconds * 1000 });
  }

  async end(): Promise<void> {
    await this.#happenings.end();
  }
}
