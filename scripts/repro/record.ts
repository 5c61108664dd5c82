import { existsSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { chromium, type Response } from '@playwright/test';
import { z } from 'zod';
import { appNames, sessionApp, type AppName } from '../../apps/environment/apps.ts';
import type { World } from '../../e2e/explore/world.ts';
import { App } from '../../e2e/models/app.ts';
import { AuthentikLogin } from '../../e2e/models/authentik-login.ts';
import { chromiumArguments } from '../../e2e/models/browser.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { EdgeClient } from '../../fleet/edge/client.ts';
import type { Engine } from '../../fleet/engines/shared/engine.ts';
import { browserOptions } from '../../fixtures/browser.ts';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import type { RefusedAfter, Regression } from '../../fixtures/regressions/regression.ts';
import { switchesOf } from '../prove/switched.ts';
import { entrySchema, type HarEntry } from './exchange.ts';
import { FleetEvents, type FleetEvent } from './fleet-events.ts';
import { changeWith, clientId, fleetWith, worldOn } from './on-fleet.ts';
import { redactedHar, type TimeShift } from './redacted-har.ts';
import { canBeShown } from './replay-faults.ts';

const rawSchema = z.object({ log: z.object({ entries: z.array(entrySchema) }) });

/** Seconds after which an access token is refreshed, and more. */
const dueSeconds = 360;
/** Longer than the idle limits of portal. */
const idleSeconds = 13 * 3600;

/** What happens between two looks around, for regressions that need more than requests of one person to one app. */
const eventFor = (app: AppName, after: RefusedAfter | undefined): FleetEvent[] => {
  if (after === 'hours without use') return [{ do: 'time passes', seconds: app === 'portal' ? idleSeconds : 2 * 3600 }];
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
  if (!canBeShown(refusedAfter) && symptom.kind !== 'logout')
    throw new HarnessError(`No recording shows ${name}. See it with: npm run repro -- ${name}`);
  if (!existsSync(dirname(file)))
    throw new HarnessError(`There is no folder ${dirname(file)}. Make it: mkdir -p ${dirname(file)}`);
  await using fleet = await fleetWith(engine, changeWith(regression, await switchesOf(await regressions())));
  await using world = await worldOn(fleet);
  await world.begin();
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dezky-har-'));
  const raw = join(folder.path, 'raw.har');
  const browser = await chromium.launch({ ...browserOptions(), args: chromiumArguments(fleet.edge) });
  try {
    const context = await browser.newContext({
      proxy: { server: fleet.edge.proxyUrl },
      extraHTTPHeaders: { 'x-edge-client': clientId, 'x-edge-kind': 'browser' },
      recordHar: { path: raw, content: 'omit' },
    });
    const appIn = async (each: AppName) =>
      new App(each, await context.newPage(), fleet.hosts, new EdgeClient(fleet.edge), clientId);
    const visit = new Visit(world, await appIn(app));
    await visit.begin();
    if (refusedAfter === 'a sign-out of the other app') {
      const other = await appIn(appNames.find((each) => each !== app) ?? app);
      await other.openSignedIn(world.person('anna'));
      await other.signOut();
    }
    for (const event of eventFor(app, refusedAfter)) await visit.apply(event);
    await visit.end();
    await context.close();
    const { entries } = rawSchema.parse(JSON.parse(readFileSync(raw, 'utf8'))).log;
    writeFileSync(file, redactedHar(ofProduct(entries), visit.shifts));
  } finally {
    await browser.close();
  }
}

/** Scripts and styles of the build say nothing about a session, and are most of a recording. */
const ofProduct = (entries: readonly HarEntry[]): HarEntry[] =>
  entries.filter(({ request }) => !/\/(?:_nuxt|static)\/|\.(?:js|css|svg|ico|woff2?)(?:\?|$)/.test(request.url));

/** What a person does in a browser while it is recorded. */
class Visit {
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
    const isServedBy = [false, false];
    for (const pod of [0, 1] as const) {
      await this.#pinTo(pod);
      isServedBy[pod] = (await this.#call('/api/me'))[0] === 200;
    }
    const serving = isServedBy[0] ? 0 : 1;
    await this.#pinTo(serving);
    await this.#open('/');
    await this.#pinTo(isServedBy[1 - serving] ? serving : serving === 0 ? 1 : 0);
    await this.#app.signOut();
    await this.#pinTo();
  }
}
