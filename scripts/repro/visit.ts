import type { BrowserContext, Page } from '@playwright/test';
import { sessionApp, type AppName } from '../../apps/environment/apps.ts';
import type { World } from '../../e2e/explore/world.ts';
import { App, loaded } from '../../e2e/models/app.ts';
import { AuthentikLogin } from '../../e2e/models/authentik-login.ts';
import { EdgeClient } from '../../fleet/edge/client.ts';
import { FleetEvents, type FleetEvent } from './fleet-events.ts';
import { reproClientId } from './on-fleet.ts';
import type { TimeShift } from './redacted-har.ts';

/** How often a person signs in again in a visit, before giving up. */
const mostSignIns = 3;

const leadsToSignInMs = 3000;
const signInMs = 10_000;

/** What a person does in a browser while it is recorded. */
export class Visit {
  /** Time that passed in the sessions alone. */
  readonly shifts: TimeShift[] = [];
  readonly #world: World;
  readonly #events: FleetEvents;
  readonly #context: BrowserContext;
  readonly #app: App;
  #signIns = 0;
  #hasLeft = false;

  constructor(world: World, context: BrowserContext, page: Page, app: AppName) {
    this.#world = world;
    this.#events = new FleetEvents(world);
    this.#context = context;
    this.#app = new App(app, page, world.fleet.hosts, new EdgeClient(world.fleet.edge), reproClientId);
  }

  start(): Promise<void> {
    return this.#events.start();
  }

  async apply(event: FleetEvent): Promise<void> {
    await this.#events.apply(event);
    if (event.do === 'time passes') this.shifts.push({ from: Date.now(), ms: event.seconds * 1000 });
  }

  /** Opens each page once, by a link where the page has one. Whoever is led to the sign-in page signs in again. */
  async lookAround(): Promise<void> {
    const [home, ...others] = sessionApp[this.#app.name].pages;
    await this.#open(home);
    for (const path of [...others, home]) {
      if (this.#hasLeft) return;
      const link = this.#app.page.locator(`a[href="${path}"]`).first();
      if (!(await link.isVisible())) await this.#open(path);
      else {
        const isThere = ({ pathname }: URL): boolean => pathname === path || pathname === '/sign-in';
        await this.#settled(() => Promise.all([this.#app.page.waitForURL(isThere), link.click()]));
        await this.#signInAgain();
      }
    }
  }

  /** Opens the pages at the same time, as a browser does that starts with the tabs of yesterday. */
  async openTabs(): Promise<void> {
    if (this.#hasLeft) return;
    const { pages } = sessionApp[this.#app.name];
    const tabs = await Promise.all([...pages, ...pages].map(() => this.#context.newPage()));
    await Promise.all(
      tabs.map((tab, index) => tab.goto(this.#app.origin + pages[index % pages.length]!, { waitUntil: 'networkidle' })),
    );
    await Promise.all(tabs.map((tab) => tab.close()));
    await this.#open(pages[0]);
  }

  /** Presses "Sign out", wherever it leads. */
  async signOut(): Promise<void> {
    await this.#open(sessionApp[this.#app.name].pages[0]);
    if (!(await this.#app.signOutControl.isVisible())) return;
    await this.#settled(() => this.#app.signOutControl.click());
  }

  async #open(path: string): Promise<void> {
    if (this.#hasLeft) return;
    await this.#settled(() => this.#app.page.goto(this.#app.origin + path));
    await this.#signInAgain();
  }

  /** A person who is shown the sign-in page signs in, with the password if Authentik asks for it, or gives up. */
  async #signInAgain(): Promise<void> {
    const { page } = this.#app;
    while (new URL(page.url()).pathname === '/sign-in' && this.#signIns < mostSignIns) {
      this.#signIns += 1;
      const login = new AuthentikLogin(page);
      const isBack = page
        .waitForResponse((response) => response.url().includes('/auth/oidc/callback'), { timeout: signInMs })
        .then(
          () => true,
          () => false,
        );
      await this.#app.signInControl.click();
      const password = login.username.waitFor().then(() => login.signIn(this.#world.person('anna')));
      // Authentik may refuse the user, or an error page come instead.
      await Promise.race([isBack, password]).catch(() => {});
      if (!(await isBack)) return void (this.#hasLeft = true);
      await this.#settled(async () => {});
    }
    this.#hasLeft = new URL(page.url()).pathname === '/sign-in';
  }

  /** Waits until the page and its parts have loaded, and after a 401 for the sign-in page, which some faults do not show. */
  async #settled(work: () => Promise<unknown>): Promise<void> {
    const { page } = this.#app;
    const responses = await this.#app.responsesDuring(async () => {
      await work();
      await page.waitForLoadState('networkidle');
      await loaded(page);
    });
    if (responses.some((response) => response.status() === 401))
      await page.waitForURL('**/sign-in**', { timeout: leadsToSignInMs }).catch(() => {});
  }
}
