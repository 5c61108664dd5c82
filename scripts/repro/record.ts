import { existsSync, mkdtempDisposableSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { chromium } from '@playwright/test';
import { z } from 'zod';
import { chromiumArguments } from '../../e2e/models/browser.ts';
import { HarnessError } from '../../fleet/errors.ts';
import type { Engine } from '../../fleet/engines/shared/engine.ts';
import { browserOptions } from '../../fixtures/browser.ts';
import { groups } from '../../fixtures/people.ts';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import type { Regression } from '../../fixtures/regressions/regression.ts';
import { switchesOf } from '../prove/switched.ts';
import { progress } from '../command/run-command.ts';
import { entrySchema, type Entry } from './exchange.ts';
import { changeWith, clientId, conditionsOf, fleetWith, worldOn } from './on-fleet.ts';
import { recordingStories } from './recording-stories.ts';
import { redactedHar } from './redacted-har.ts';
import { Visit } from './visit.ts';

const rawSchema = z.object({ log: z.object({ entries: z.array(entrySchema) }) });

/** Records what a browser of a signed-in person sees of a regression, as a HAR without anything secret. */
export async function recordHar(
  regression: Regression,
  { engine, file, withoutPods }: { engine: Engine; file: string; withoutPods: boolean },
): Promise<void> {
  const { name, refusedAfter } = regression;
  if (refusedAfter === undefined)
    throw new HarnessError(
      `${name} signs nobody out, so there is no 401 to record. See it with: npm run repro -- ${name}`,
    );
  if (!existsSync(dirname(file)))
    throw new HarnessError(`There is no folder ${dirname(file)}. Make it: mkdir -p ${dirname(file)}`);
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
    throw new HarnessError(`${file} is a folder. Name a file in it: --record-har ${join(file, `${name}.har`)}`);
  const switches = await switchesOf(await regressions());
  progress(`Recording ${name}: a session before and after ${refusedAfter} …`);
  await using fleet = await fleetWith(engine, [changeWith(regression, switches), ...conditionsOf(refusedAfter)]);
  await using world = await worldOn(fleet);
  await world.begin(refusedAfter === 'a missing role' ? [groups.customers] : undefined);
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dezky-har-'));
  const raw = join(folder.path, 'raw.har');
  const browser = await chromium.launch({ ...browserOptions(), args: chromiumArguments(fleet.edge) });
  try {
    const context = await browser.newContext({
      proxy: { server: fleet.edge.proxyUrl },
      extraHTTPHeaders: { 'x-edge-client': clientId, 'x-edge-kind': 'browser' },
      recordHar: { path: raw, content: 'omit' },
    });
    const visit = await Visit.begin(world, context, regression.app);
    try {
      await visit.signIn();
      await visit.browse();
      await recordingStories[refusedAfter](visit);
      await visit.browse();
      await visit.signInAgain();
      await visit.browse();
    } finally {
      await visit.end();
    }
    await context.close();
    const { entries } = rawSchema.parse(JSON.parse(readFileSync(raw, 'utf8'))).log;
    writeFileSync(
      file,
      `${JSON.stringify(redactedHar(ofProduct(entries), { shifts: visit.shifts, withoutPods }), null, 1)}\n`,
    );
  } finally {
    await browser.close();
  }
}

/** Scripts and styles of the build say nothing about a session, and are most of a recording. */
const ofProduct = (entries: readonly Entry[]): Entry[] =>
  entries.filter(({ request }) => !/\/(?:_nuxt|static)\/|\.(?:js|css|svg|ico|woff2?)(?:\?|$)/.test(request.url));
