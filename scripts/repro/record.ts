import { existsSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { appNames, type AppName } from '../../apps/environment/apps.ts';
import { HarnessError } from '../../fleet/errors.ts';
import type { Engine } from '../../fleet/engines/shared/engine.ts';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import type { RefusedAfter, Regression } from '../../fixtures/regressions/regression.ts';
import { switchesOf } from '../prove/switched.ts';
import { entrySchema, type HarEntry } from './exchange.ts';
import type { FleetEvent } from './fleet-events.ts';
import { browserOn, changeWith, fleetWith, worldOn } from './on-fleet.ts';
import { redactedHar } from './redacted-har.ts';
import { Visit } from './visit.ts';

const rawSchema = z.object({ log: z.object({ entries: z.array(entrySchema) }) });

/** Longer than the idle limits of portal. */
const idleSeconds = 13 * 3600;

/** What happens between two looks around, for regressions that need more than requests of one person to one app. */
const eventFor = (app: AppName, after: RefusedAfter | undefined): FleetEvent[] => {
  if (after === 'hours without use') return [{ do: 'time passes', seconds: app === 'portal' ? idleSeconds : 2 * 3600 }];
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
  await using fleet = await fleetWith(engine, changeWith(regression, await switchesOf(regressions())));
  await using world = await worldOn(fleet);
  await world.begin();
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dezky-har-'));
  const raw = join(folder.path, 'raw.har');
  const { browser, profile } = await browserOn(fleet);
  try {
    const context = await browser.newContext({ ...profile, recordHar: { path: raw, content: 'omit' } });
    const visits: Visit[] = [];
    const visitTo = async (visited: AppName): Promise<Visit> => {
      const visit = new Visit(world, context, await context.newPage(), visited);
      await visit.start();
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
