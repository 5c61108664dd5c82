import { existsSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { appNames, sessionApp, type AppName } from '../../apps/environment/apps.ts';
import { HarnessError } from '../../fleet/errors.ts';
import type { Engine } from '../../fleet/engines/shared/engine.ts';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import type { RefusedAfter, Regression } from '../../fixtures/regressions/regression.ts';
import { mayBeInScripts } from '../product.ts';
import { switchesOf } from '../prove/switched.ts';
import { entrySchema, type HarEntry } from './exchange.ts';
import { browserOn, changeWith, fleetWith, worldOn, reproClientId } from './on-fleet.ts';
import { redactedHar, type TimeShift } from './redacted-har.ts';
import type { BrowserContext, Page } from '@playwright/test';
import { contract } from '../../e2e/contract.ts';
import type { World } from '../../e2e/explore/world.ts';
import { App, loaded } from '../../e2e/models/app.ts';
import { AuthentikLogin } from '../../e2e/claims/authentik-login.ts';
import { EdgeClient } from '../../fleet/edge/client.ts';
import { fleetEvents, refreshesRace, type FleetEvent } from './fleet-events.ts';

const rawSchema = z.object({ log: z.object({ entries: z.array(entrySchema) }) });

/** Seconds without use that a session survives: as long as a night where there is no limit, else well within it. */
const idleSeconds = (app: AppName): number => (contract.idleSeconds[app] === undefined ? 13 : 2) * 3600;

/** What happens between two looks around, for regressions that need more than requests of one person to one app. */
const eventFor = (app: AppName, after: RefusedAfter | undefined): FleetEvent[] => {
  if (after === 'hours without use') return [{ do: 'time passes', seconds: idleSeconds(app) }];
  // Until tokens are refreshed, and more.
  if (after === 'a refresh' || after === 'parallel requests') return [{ do: 'time passes', seconds: 360 }];
  if (after === 'a restart' || after === 'a release')
    return [{ do: 'roll out', app, isRelease: after === 'a release' }];
  return [];
};

/** Records what the browser of a signed-in person sees of a regression, as a HAR without secrets. */
export async function recordHar(
  regression: Regression,
  { engine, file }: { engine: Engine; file: string },
): Promise<void> {
  const { name, app, refusedAfter, symptom } = regression;
  if (!refusedAfter && symptom.kind !== 'logout')
    throw new HarnessError(`No recording shows ${name}. See it with: npm run repro -- ${name}`);
  if (!existsSync(dirname(file)))
    throw new HarnessError(`There is no folder ${dirname(file)}. Make it: mkdir -p ${dirname(file)}`);
  await using fleet = await fleetWith(engine, changeWith(regression, await switchesOf(regressions(), mayBeInScripts)));
  await using world = await worldOn(fleet);
  await world.begin();
  await refreshesRace(world);
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dezky-har-'));
  const raw = join(folder.path, 'raw.har');
  const { browser, profile } = await browserOn(fleet);
  try {
    const context = await browser.newContext({ ...profile, recordHar: { path: raw, content: 'omit' } });
    const visits: Visit[] = [];
    const visitTo = async (visited: AppName): Promise<Visit> => {
      const visit = new Visit(world, context, await context.newPage(), visited);
      visits.push(visit);
      return visit;
    };
    const visit = await visitTo(app);
    await visit.lookAround();
    if (refusedAfter === 'a sign-out of the other app') {
      const other = await visitTo(appNames.find((each) => each !== app) ?? app);
      await other.lookAround();
      await other.signOut();
    }
    for (const event of eventFor(app, refusedAfter)) await visit.apply(event);
    if (refusedAfter === 'parallel requests') await visit.openTabs();
    await visit.lookAround();
    await visit.signOut();
    await context.close();
    const { entries } = rawSchema.parse(JSON.parse(readFileSync(raw, 'utf8'))).log;
    const shifts = visits.flatMap((each) => each.shifts);
    writeFileSync(file, redactedHar(ofProduct(entries), shifts));
  } finally {
    await browser.close();
  }
}

/** Scripts and styles of the build say nothing about a session, and are most of a recording. */
const ofProduct = (entries: readonly HarEntry[]): HarEntry[] =>
  entries.filter(({ request }) => !/\/(?:_nuxt|static)\/|\.(?:js|css|svg|ico|woff2?)(?:\?|$)/.test(request.url));

/** How often a person signs in again in a visit, before giving up. */
const mostSignIns = 3;

const leadsToSignInMs = 3000;
const signInMs = 10_000;

/** What a person does in a browser while it is recorded. */
class Visit {
  /** Time that passed in the sessions alone. */
  readonly shifts: TimeShift[] = [];
  readonly #world: World;
  readonly #apply: (event: FleetEvent) => Promise<void>;
  readonly #context: BrowserContext;
  readonly #app: App;
  #signIns = 0;
  #hasLeft = false;

  constructor(world: World, context: BrowserContext, page: Page, app: AppName) {
    this.#world = world;
    this.#apply = fleetEvents(world);
    this.#context = context;
    this.#app = new App(app, {
      page,
      hosts: world.fleet.hosts,
      edge: new EdgeClient(world.fleet.edge),
      clientId: reproClientId,
    });
  }

  async apply(event: FleetEvent): Promise<void> {
    await this.#apply(event);
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
