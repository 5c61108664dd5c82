import { existsSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { chromium } from '@playwright/test';
import { z } from 'zod';
import { appNames, type AppName } from '../../apps/environment/apps.ts';
import { App } from '../../e2e/models/app.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { EdgeClient } from '../../fleet/edge/client.ts';
import type { Engine } from '../../fleet/engines/shared/engine.ts';
import { browserOptions, chromiumArguments } from '../../fixtures/browser.ts';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import type { RefusedAfter, Regression } from '../../fixtures/regressions/regression.ts';
import { switchesOf } from '../prove/switched.ts';
import { entrySchema, type HarEntry } from './exchange.ts';
import type { FleetEvent } from './fleet-events.ts';
import { changeWith, fleetWith, reproClientId, worldOn } from './on-fleet.ts';
import { redactedHar } from './redacted-har.ts';
import { Visit } from './visit.ts';

const rawSchema = z.object({ log: z.object({ entries: z.array(entrySchema) }) });

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
  if (!refusedAfter && symptom.kind !== 'logout')
    throw new HarnessError(`No recording shows ${name}. See it with: npm run repro -- ${name}`);
  if (!existsSync(dirname(file)))
    throw new HarnessError(`There is no folder ${dirname(file)}. Make it: mkdir -p ${dirname(file)}`);
  await using fleet = await fleetWith(engine, changeWith(regression, await switchesOf(regressions())));
  await using world = await worldOn(fleet);
  await world.begin();
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dezky-har-'));
  const raw = join(folder.path, 'raw.har');
  const browser = await chromium.launch({ ...browserOptions(), args: chromiumArguments([fleet.edge.spki]) });
  try {
    const context = await browser.newContext({
      proxy: { server: fleet.edge.proxyUrl },
      extraHTTPHeaders: { 'x-edge-client': reproClientId, 'x-edge-kind': 'browser' },
      recordHar: { path: raw, content: 'omit' },
    });
    const appIn = async (each: AppName) =>
      new App(each, await context.newPage(), fleet.hosts, new EdgeClient(fleet.edge), reproClientId);
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
