import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { styleText } from 'node:util';
import { sessionApp, appNames, type AppName } from '../../apps/environment/apps.ts';
import { fetchReadiness } from '../../e2e/smoke/readiness.ts';
import { redact } from '../../e2e/reporters/redact.ts';
import { authorizationFaults } from '../../e2e/smoke/rules/authorization-request.ts';
import { secretsIn } from '../../e2e/smoke/target.ts';
import type { Visitor } from '../../e2e/smoke/visitor.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { interruption } from '../command/interruption.ts';
import { emptyTimeline, hasArrived, lineOf, noteTick, summaryOf, type AppTick, type Tick } from './timeline.ts';
import { watchPage } from './watch-page.ts';

/** Milliseconds between ticks, independent of response times: a slow target must not hide its own gaps. */
const tickMs = 1_000;
/** Readiness answers of each app in a tick. */
const answersPerTick = 4;

/**
 * Takes a sample every second, and prints a line for each. Ends when every pod of all apps is on the expected revision,
 * after `seconds`, or at Ctrl-C. Then `watch.html` in the folder of the reports shows the same.
 * @returns the exit code: 0 when nothing failed, and the expected revision arrived if one is given.
 */
export async function watch(visitor: Visitor, reports: string, seconds?: number): Promise<number> {
  const { sha, streak } = visitor.target;
  const startedAt = performance.now();
  const timeline = emptyTimeline();
  const ticks: Tick[] = [];
  const samples: Array<Promise<void>> = [];
  const end = new AbortController();
  const over = AbortSignal.any([end.signal, interruption]);
  // Node may collect a signal of `AbortSignal.timeout` that only `AbortSignal.any` refers to, and it then never aborts.
  const ending = seconds === undefined ? undefined : setTimeout(() => end.abort(), seconds * 1_000);

  const sampleAndPrint = async () => {
    const tick = await takeSample(visitor, performance.now() - startedAt);
    noteTick(timeline, tick);
    ticks.push(tick);
    console.log(lineOf(tick, sha));
    if (sha !== undefined && hasArrived(timeline, sha, streak)) end.abort();
  };

  while (!over.aborted) {
    const sample = sampleAndPrint();
    samples.push(sample);
    // An error of the harness ends the watch at once.
    sample.catch(() => end.abort());
    const sinceTick = (performance.now() - startedAt) % tickMs;
    await delay(tickMs - sinceTick, undefined, { signal: over }).catch(() => {});
  }
  clearTimeout(ending);
  // Ctrl-C does not wait for a host that hangs. Any other end of the watch waits for running requests until their
  // timeout.
  await Promise.race([Promise.all(samples), aborted(interruption)]);

  const summary = summaryOf(timeline, sha, streak);
  const { text, passed } = summary;
  console.log(`\n${passed ? styleText('green', '✓') : styleText('red', '✗')} ${text}`);
  const file = join(resolve(repositoryRoot, reports), 'watch.html');
  mkdirSync(resolve(repositoryRoot, reports), { recursive: true });
  writeFileSync(
    file,
    redact(
      watchPage(
        ticks.toSorted((a, b) => a.at - b.at),
        summary,
      ),
      secretsIn(process.env),
    ),
  );
  console.log(`As a page: ${file}`);
  return passed ? exitCodes.passed : exitCodes.productFailed;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

async function takeSample(visitor: Visitor, at: number): Promise<Tick> {
  const apps = await Promise.all(appNames.map(async (app) => [app, await sampleApp(visitor, app)] as const));
  return { at, apps: Object.fromEntries(apps) as Record<AppName, AppTick> };
}

async function sampleApp(visitor: Visitor, app: AppName): Promise<AppTick> {
  const [samples, ...failures] = await Promise.all([
    Promise.all(Array.from({ length: answersPerTick }, () => fetchReadiness(visitor, app))),
    failureOf(async () => {
      const { urls } = visitor.target;
      return authorizationFaults(await visitor.get(app, '/auth/oidc/login'), { app, own: urls[app], auth: urls.auth });
    }),
    failureOf(async () => {
      const [path] = sessionApp[app].api;
      const { status } = await visitor.get(app, path);
      return status === 401 ? [] : [`${app} answers ${status} to GET ${path}, not 401.`];
    }),
  ]);
  return { samples, failures: failures.flat() };
}

async function failureOf(sample: () => Promise<string[]>): Promise<string[]> {
  try {
    return await sample();
  } catch (error) {
    if ((error as Error).name !== 'Unreachable') throw error;
    return [(error as Error).message];
  }
}
