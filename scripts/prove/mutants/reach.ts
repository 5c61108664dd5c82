import { hash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ListedTest, TestOutcome } from '../../../e2e/report/outcome.ts';
import { readJson } from '../../../e2e/report/read-json.ts';
import { coverageVariable, type Mutant } from '../../../fleet/build/mutants.ts';
import type { Engine } from '../../../fleet/engines/shared/engine.ts';
import type { Regression } from '../../../fixtures/regression.ts';
import { HarnessError } from '../../../fleet/errors.ts';
import { cacheDirectory, repositoryRoot } from '../../../fleet/root.ts';
import { interruption } from '../../command/interruption.ts';
import { progress } from '../../command/run-command.ts';
import { runSpecs } from '../../runner/runner.ts';
import { workerCount } from '../../runner/worker-count.ts';
import { startWorkerFleets } from '../../runner/worker-fleets.ts';
import { writeJson } from '../../runner/reports.ts';

const reports = 'reports/reach';
const reachFile = join(cacheDirectory, 'reach', 'mutants.json');
/** Milliseconds that pods may take to write what they have reached. */
const delayMs = 300;

/** Which test reaches which mutants of the apps, on a fleet without a change. */
export interface Reach {
  /** A hash of each spec file that was recorded. */
  specs: Record<string, string>;
  /**
   * The green tests by the place of their `test()` call (`session/store.spec.ts:12`), and the ids of the mutants that
   * their requests reach. What a pod reaches when it starts is not in it.
   */
  tests: Array<{ test: string; ms: number; mutants: string[] }>;
}

export type ReachingTest = Reach['tests'][number];

/** Tests in a loop share their place. */
export const testPlace = ({ spec, line }: Pick<ListedTest, 'spec' | 'line'>): string => `${spec}:${line}`;

/** The recorded reach of the tests of the suite. Spec files that have changed since are recorded again. */
export async function recordedReach(engine: Engine, tests: readonly ListedTest[]): Promise<Reach> {
  const names = new Set(tests.map(({ spec }) => spec));
  const hashOf = (spec: string): string => hash('sha256', readFileSync(join(repositoryRoot, 'e2e', spec)));
  const specs = Object.fromEntries([...names].map((spec) => [spec, hashOf(spec)]));
  const kept = readJson<Reach>(reachFile, `rm ${reachFile}`) ?? { specs: {}, tests: [] };
  const stale = Object.keys(specs).filter((spec) => kept.specs[spec] !== specs[spec]);
  if (stale.length === 0) return kept;
  progress(`Recording which mutants the tests of ${stale.length} spec files reach …`);
  const recorded = await record(engine, stale);
  const isKept = ({ test }: ReachingTest) => specOf(test) in specs && !stale.includes(specOf(test));
  const reach: Reach = { specs, tests: [...kept.tests.filter(isKept), ...recorded] };
  writeJson(reachFile, reach);
  return reach;
}

const specOf = (test: string): string => test.slice(0, test.lastIndexOf(':'));

async function record(engine: Engine, specs: readonly string[]) {
  const folder = join(cacheDirectory, 'reach', 'logs');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const env = engine.apps.map((app) => ({ deployment: app, name: coverageVariable, value: folder }));
  await using fleets = await startWorkerFleets(engine, async () => workerCount(engine.name, Infinity), {
    changes: [{ mutants: true, env }],
    onProgress: progress,
    signal: interruption,
  });
  const { tests, passed } = await runSpecs(fleets, {
    args: [...specs.map((spec) => `e2e/${spec}`), '--trace=off'],
    reports,
  });
  if (passed === 0) throw new HarnessError('No test passes on a fleet without a change. See: npm run e2e');
  const logs = readdirSync(folder).map((name) => ({
    run: name.replace(/\.log$/, ''),
    text: readFileSync(join(folder, name), 'utf8'),
  }));
  return reachOf(tests, { logs, runs: fleets.map(({ runId }) => runId) });
}

/** What the pods wrote while tests ran. */
interface Written {
  /** By run, lines of `start` or a time in milliseconds, and the ids of the mutants reached until then. */
  logs: ReadonlyArray<{ run: string; text: string }>;
  /** The runs of the workers. Another run is a variant, which may be of any test at that time. */
  runs: readonly string[];
}

/** Assigns what the pods wrote to the tests that ran then. A red test is left out: it says nothing about a change. */
export function reachOf(tests: readonly TestOutcome[], { logs, runs }: Written): ReachingTest[] {
  const byPlace = new Map<string, { ms: number; mutants: Set<string> }>();
  for (const test of tests.filter(({ status }) => status === 'passed')) {
    const its = byPlace.get(testPlace(test)) ?? { ms: 0, mutants: new Set() };
    its.ms += test.ran ? test.endedAt - test.ran.startedAt : 0;
    byPlace.set(testPlace(test), its);
  }
  for (const test of tests.filter(({ status }) => status === 'failed')) byPlace.delete(testPlace(test));
  for (const { run, text } of logs) {
    const worker = runs.indexOf(run);
    const possible = tests.filter(({ ran }) => ran && (worker === -1 || ran.worker === worker));
    for (const line of text.split('\n').filter(Boolean)) {
      const [time = '', ...ids] = line.split(' ');
      for (const test of possible.filter((each) => isDuring(each, Number(time)))) {
        for (const id of ids) byPlace.get(testPlace(test))?.mutants.add(id);
      }
    }
  }
  return [...byPlace].map(([test, { ms, mutants }]) => ({ test, ms, mutants: [...mutants].toSorted() }));
}

const isDuring = ({ ran, endedAt }: TestOutcome, time: number): boolean =>
  ran !== undefined && time >= ran.startedAt && time <= endedAt + delayMs;

/** For a test, the lines of a mutant's file that regressions which it claims change. */
type ClaimedLines = (test: string) => readonly number[];

/** @param tests of the suite, whose tags are names of regressions. @param file by its path in the repository. */
export function claimedLinesIn(
  file: string,
  tests: readonly ListedTest[],
  regressions: readonly Pick<Regression, 'name' | 'change'>[],
): ClaimedLines {
  const content = readFileSync(join(repositoryRoot, file), 'utf8');
  const linesOf = ({ change }: Pick<Regression, 'change'>): number[] =>
    (change.sources ?? [])
      .flatMap((edit) => (edit.file === file && 'find' in edit ? [edit.find] : []))
      .map((find) => content.slice(0, content.indexOf(find)).split('\n').length);
  const byName = new Map(regressions.map((regression) => [regression.name, linesOf(regression)]));
  const byTest = Map.groupBy(tests, testPlace);
  return (test) => (byTest.get(test) ?? []).flatMap(({ tags }) => tags.flatMap((tag) => byName.get(tag) ?? []));
}

/**
 * The tests that can notice a mutant, the likeliest first: those that reach it. When none does, as with code that runs when
 * a pod starts or in a browser, they are those that reach its file, or all. In addition those that claim a regression of its
 * file.
 * @param inFile the ids of all mutants of its file.
 * @param relation how much a test says about the mutant.
 */
export function testsFor(
  { id, start }: Pick<Mutant, 'id' | 'start'>,
  inFile: ReadonlySet<string>,
  { tests }: Reach,
  claimedLines: ClaimedLines,
  relation: (test: string) => number,
): ReachingTest[] {
  const reachingFile = tests.filter(({ mutants }) => mutants.some((each) => inFile.has(each)));
  const reaching = reachingFile.filter(({ mutants }) => mutants.includes(id));
  const claiming = tests.filter(({ test }) => claimedLines(test).length > 0);
  const found = [...new Set([...([reaching, reachingFile].find((some) => some.length > 0) ?? tests), ...claiming])];
  // First by how near to it a test is known to notice a fault. Each signed-in test reaches most of the session code, so a
  // test counts more for what few others reach, for what its title shares with the mutant, and as the first of its spec.
  // Of two the shorter one comes first.
  const reachedBy = Map.groupBy(
    found.flatMap(({ mutants }) => mutants.filter((each) => inFile.has(each))),
    (each) => each,
  );
  const distanceOf = ({ test }: ReachingTest) =>
    Math.min(Number.MAX_VALUE, ...claimedLines(test).map((line) => Math.abs(line - start.line)));
  const weightOf = ({ mutants }: ReachingTest) =>
    mutants.reduce((sum, each) => sum + (inFile.has(each) ? 1 / (reachedBy.get(each)?.length ?? 1) : 0), 0);
  const ranked = found
    .map((test) => ({ test, distance: distanceOf(test), weight: weightOf(test), relation: relation(test.test) }))
    .map((each) => ({ ...each, likely: each.relation * (each.weight || 1) }))
    .toSorted((a, b) => a.distance - b.distance || b.likely - a.likely || b.weight - a.weight || a.test.ms - b.test.ms);
  const bySpec = Map.groupBy(ranked, ({ test }) => specOf(test.test));
  return ranked
    .map((each) => ({ ...each, nth: 1 + (bySpec.get(specOf(each.test.test))?.indexOf(each) ?? 0) }))
    .toSorted((a, b) => a.distance - b.distance || b.likely / b.nth - a.likely / a.nth || a.nth - b.nth)
    .map(({ test }) => test);
}
