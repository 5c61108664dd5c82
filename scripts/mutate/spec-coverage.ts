import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '../../e2e/reporters/verdict.ts';
import type { TestOutcome } from '../../e2e/reporters/outcome.ts';
import { coverageVariable } from '../../fleet/build/mutants.ts';
import type { Folders } from '../../fleet/build/sources.ts';
import type { Engine } from '../../fleet/engines/shared/engine.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { shippedApps } from '../../fleet/manifests/images.ts';
import { cacheDirectory, repositoryRoot } from '../../fleet/root.ts';
import { interruption } from '../interruption.ts';
import { listedTests } from '../listed-tests.ts';
import { progress } from '../run-command.ts';
import { runSpecs } from '../runner.ts';
import { workerCount } from '../worker-count.ts';
import { startWorkerFleets } from '../worker-fleets.ts';

/** A test of the suite, by the place of its `test()` call: `session/store.spec.ts:12`. */
export interface CoveredTest {
  place: string;
  /** How long it took, in milliseconds. */
  duration: number;
  /** Ids of the mutants that its requests reached. */
  reached: string[];
}

/** What the suite reaches on a fleet without an active mutant. */
export interface SpecCoverage {
  tests: CoveredTest[];
  /** Ids of the mutants that are reached when a pod starts, whatever test runs. */
  start: string[];
}

interface Recorded extends SpecCoverage {
  /** Hash of the apps' sources. */
  sources: string;
  /** Hash of each spec file that was recorded. */
  specs: Record<string, string>;
}

const folder = join(cacheDirectory, 'mutation');
const file = join(folder, 'coverage.json');
const reports = 'reports/mutation/coverage';

/**
 * Which tests reach which mutants. It is kept, and recorded again for spec files that have changed, or for all of them
 * when an app has. A test that fails on the clean fleet is left out, because it says nothing about a mutant.
 */
export async function specCoverage(engine: Engine, folders: Folders): Promise<SpecCoverage> {
  const sources = hashOf(
    [...folders.values()].flatMap((each) => [...each]).flatMap(([path, content]) => [path, content]),
  );
  const listed = Object.fromEntries(
    [...new Set((await listedTests()).map(({ spec }) => spec))].map((spec) => [
      spec,
      hashOf([readFileSync(join(repositoryRoot, 'e2e', spec))]),
    ]),
  );
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Recorded) : undefined;
  const kept: Recorded = before?.sources === sources ? before : { sources, specs: {}, tests: [], start: [] };
  const stale = Object.keys(listed).filter((spec) => kept.specs[spec] !== listed[spec]);
  if (stale.length > 0) {
    progress(`Recording what ${stale.length} spec files reach, without a mutant …`);
    const recorded = await record(engine, stale);
    const isKept = ({ place }: CoveredTest) =>
      !stale.some((spec) => place.startsWith(`${spec}:`)) && specOf(place) in listed;
    kept.tests = [...kept.tests.filter(isKept), ...recorded.tests];
    kept.start = [...new Set([...kept.start, ...recorded.start])];
    kept.specs = listed;
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, JSON.stringify(kept));
  }
  return kept;
}

const specOf = (place: string): string => place.slice(0, place.lastIndexOf(':'));

const hashOf = (parts: ReadonlyArray<string | Buffer>): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 16);
};

async function record(engine: Engine, specs: readonly string[]): Promise<SpecCoverage> {
  const logs = join(folder, 'logs');
  rmSync(logs, { recursive: true, force: true });
  mkdirSync(logs, { recursive: true });
  const env = shippedApps.map(({ app }) => ({ deployment: app, name: coverageVariable, value: logs }));
  await using fleets = await startWorkerFleets(engine, async () => workerCount(engine.name, Infinity), {
    changes: [{ mutants: true, env }],
    onProgress: progress,
    signal: interruption,
  });
  const run = await runSpecs(fleets, {
    args: [...specs.map((spec) => `e2e/${spec}`), '--trace=off'],
    reports,
    quiet: true,
  });
  const red = run.tests.filter(({ status }) => status === 'failed');
  progress(`  ${run.passed} tests passed; ${red.length} failed and say nothing about a mutant`);
  for (const { spec, line, title, message } of red)
    progress(`  e2e/${spec}:${line} "${title}": ${message.split('\n')[0]}`);
  if (run.passed === 0) throw new HarnessError('No test passes on a fleet without a mutant. See: npm run e2e');
  const runs = new Map(
    readdirSync(logs).map((name) => [name.replace(/\.log$/, ''), readFileSync(join(logs, name), 'utf8')]),
  );
  return coverageOf(
    run,
    runs,
    fleets.map(({ runId }) => runId),
  );
}

/**
 * Assigns what the pods wrote to the tests that ran at that time.
 * @param logs by the id of the run: lines of `start` or a time in milliseconds, and the mutants reached until then.
 * @param workers the ids of the workers' runs. Another run is a variant, which may be of any test at that time.
 */
export function coverageOf(
  { tests }: Pick<RunRecord, 'tests'>,
  logs: ReadonlyMap<string, string>,
  workers: readonly string[],
): SpecCoverage {
  const start = new Set<string>();
  const places = new Map<string, { duration: number; reached: Set<string>; red: boolean }>();
  for (const test of tests.filter(({ status }) => status !== 'skipped')) {
    const place = placeOf(test);
    const its = places.get(place) ?? { duration: 0, reached: new Set(), red: false };
    its.duration += durationOf(test);
    its.red ||= test.status === 'failed';
    places.set(place, its);
  }
  for (const [runId, log] of logs) {
    const worker = workers.indexOf(runId);
    const possible = tests.filter(({ ran }) => ran && (worker === -1 || ran.worker === worker));
    for (const line of log.split('\n').filter(Boolean)) {
      const [time = '', ...reached] = line.split(' ');
      if (time === 'start') for (const id of reached) start.add(id);
      const during = possible.filter((test) => isDuring(test, Number(time)));
      for (const test of during) for (const id of reached) places.get(placeOf(test))?.reached.add(id);
    }
  }
  const green = [...places].filter(([, { red }]) => !red);
  return {
    tests: green.map(([place, { duration, reached }]) => ({ place, duration, reached: [...reached] })),
    start: [...start],
  };
}

const placeOf = ({ spec, line }: TestOutcome): string => `${spec}:${line}`;

const durationOf = ({ ran, endedAt }: TestOutcome): number => (ran ? endedAt - ran.startedAt : 0);

/** Milliseconds that pods may take to write. */
const delayMs = 300;

const isDuring = ({ ran, endedAt }: TestOutcome, time: number): boolean =>
  ran !== undefined && time >= ran.startedAt && time <= endedAt + delayMs;
