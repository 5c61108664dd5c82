import { buildApps } from '../../fleet/build/builds.ts';
import type { Engine, Fleet } from '../../fleet/engines/shared/engine.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { duration } from '../../fleet/duration.ts';
import { authentikIn } from '../../fleet/manifests/authentik.ts';
import type { Hosts } from '../../fleet/hosts.ts';
import type { Change } from '../../fleet/manifests/change.ts';
import { sourcesIn } from '../../fleet/manifests/changes.ts';
import {
  changedByTest,
  changesOf,
  manifestsOfRun,
  originOfRun,
  recordOrigin,
  type Content,
} from '../../fleet/run/records.ts';
import { readRunState } from '../../fleet/run/state.ts';
import { interruption } from '../command/interruption.ts';
import { progress } from '../command/run-command.ts';
import type { E2eOptions, SuiteProduct } from './suite-options.ts';
import { listRuns } from '../../fleet/run/runs.ts';

type People = Pick<SuiteProduct, 'createPeople'>;

/** What of a fleet is older than this repository, and what it would be now. */
export interface Staleness {
  parts: string[];
  /** The content of a fleet that is started now. */
  now: Content;
}

/** Compares what a fleet was started from with this repository, by content. */
export async function stalenessOf(
  engine: Pick<Engine, 'content'>,
  { runId, hosts }: { runId: string; hosts: Hosts },
  changes: readonly Change[] = changesOf(runId),
): Promise<Staleness> {
  const now = await engine.content({ hosts, authentik: authentikIn(manifestsOfRun(runId)), changes });
  return { parts: differing(originOfRun(runId).content, now), now };
}

const differing = (before: Content, now: Content): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((part) => before[part] !== now[part]).toSorted();

/**
 * Makes a fleet what this repository says now. Changed apps are built and rolled out. When another part has changed, the
 * fleet is started anew under its id, with the people of the catalogue.
 * @throws HarnessError when the engine cannot, with the commands that do it.
 */
export async function bringUpToDate(
  engine: Engine,
  fleet: Fleet,
  stale: Staleness,
  product: People,
  start = startOf(fleet),
): Promise<Fleet> {
  const { runId } = fleet;
  const { parts } = stale;
  if (!engine.capabilities.has('builds')) {
    throw new HarnessError(
      `${runId} is older than this repository (${parts.join(', ')}), and the ${engine.name} engine rolls out no new build. ` +
        `End it and run this again: npm run fleet -- down ${runId}. Or test it as it is: --stale`,
    );
  }
  const begin = performance.now();
  const apps = parts.filter((part) => engine.apps.includes(part));
  const isAppsAlone = apps.length === parts.length;
  progress(
    `${new Intl.ListFormat('en').format(parts)} changed since ${runId} was started: ${isAppsAlone ? 'built and rolled out' : 'the fleet is started anew'} …`,
  );
  const current = isAppsAlone
    ? await rollOut(fleet, apps, stale, start)
    : await startAnew(engine, fleet, product, start);
  progress(`${runId} is up to date after ${duration(performance.now() - begin)}`);
  return current;
}

/** The options that a run was started with; read before it goes down. */
export function startOf({ runId, hosts }: Pick<Fleet, 'runId' | 'hosts'>) {
  return {
    runId,
    hosts,
    authentik: authentikIn(manifestsOfRun(runId)),
    changes: changesOf(runId),
    detached: readRunState(runId)?.detached ?? false,
  };
}

type Start = ReturnType<typeof startOf>;

async function rollOut(fleet: Fleet, apps: readonly string[], { now }: Staleness, { changes }: Start): Promise<Fleet> {
  const { runId } = fleet;
  await buildApps(apps, { ...sourcesIn(changes), onProgress: progress, signal: interruption });
  await Promise.all(
    apps.map(async (app) => {
      // No test runs now, and nobody waits for the end of the old pods.
      await fleet.rollout(app, { sources: [], force: true });
      progress(`${app} is rolled out`);
    }),
  );
  recordOrigin(runId, { ...originOfRun(runId), content: now });
  return fleet;
}

async function startAnew(engine: Engine, fleet: Fleet, { createPeople }: People, start: Start): Promise<Fleet> {
  const state = readRunState(fleet.runId);
  if (state && !state.detached && state.owner.pid !== process.pid) {
    throw new HarnessError(
      `${fleet.runId} belongs to a command that still runs, so it is not started anew. End that command, or test it as it is: --stale`,
    );
  }
  await fleet.down();
  const anew = await engine.up({ ...start, onProgress: progress, signal: interruption });
  await createPeople(anew);
  return anew;
}

/**
 * The fleet of `--run` or `--keep`, up to date with this repository. With `--stale` it stays as it is.
 * @param beforeChange awaited before a fleet starts or is brought up to date; what it throws prevents that.
 * @returns also its parts that are older than this repository.
 */
export async function keptFleet(
  engine: Engine,
  { run, stale: isStaleWanted }: Pick<E2eOptions, 'run' | 'keep' | 'stale'>,
  product: People,
  beforeChange: () => Promise<unknown>,
): Promise<{ fleet: Fleet; stale: readonly string[] }> {
  const fleet = run === undefined ? await runningKept(engine) : await engine.attach(run);
  if (!fleet) {
    await beforeChange();
    return { fleet: await newKept(engine), stale: [] };
  }
  const changedBy = changedByTest(fleet.runId);
  // That of a command which still runs stays, and its tests get another.
  if (changedBy && !isStaleWanted && readRunState(fleet.runId)?.detached) {
    await beforeChange();
    progress(`A failed test had changed ${fleet.runId}, so it is started anew: ${changedBy}`);
    return { fleet: await startAnew(engine, fleet, product, startOf(fleet)), stale: [] };
  }
  const staleness = await stalenessOf(engine, fleet);
  const parts = [...staleness.parts, ...(changedBy && isStaleWanted ? ['what a failed test has changed'] : [])];
  if (parts.length === 0) {
    progress(`${fleet.runId} is up to date with this repository.`);
    return { fleet, stale: [] };
  }
  if (!isStaleWanted) {
    await beforeChange();
    return { fleet: await bringUpToDate(engine, fleet, staleness, product), stale: [] };
  }
  progress(`${fleet.runId} is tested as it is (--stale). Older than this repository: ${parts.join(', ')}.`);
  return { fleet, stale: parts };
}

const keptId = (engine: Engine): string => `kept-${engine.name}`;

async function runningKept(engine: Engine): Promise<Fleet | undefined> {
  const runId = keptId(engine);
  const kept = listRuns().find((run) => run.runId === runId && run.alive);
  return kept && staying(await engine.attach(runId));
}

const newKept = async (engine: Engine): Promise<Fleet> =>
  staying(await engine.up({ runId: keptId(engine), detached: true, onProgress: progress, signal: interruption }));

function staying(fleet: Fleet): Fleet {
  progress(`${fleet.runId} stays up: npm run fleet -- down ${fleet.runId}`);
  return fleet;
}
