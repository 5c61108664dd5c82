import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { coverageVariable } from '../../fleet/build/mutants.ts';
import type { Engine } from '../../fleet/engines/shared/engine.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { shippedApps } from '../../fleet/manifests/images.ts';
import { cacheDirectory, repositoryRoot } from '../../fleet/root.ts';
import { interruption } from '../command/interruption.ts';
import { listedTests } from '../runner/listed-tests.ts';
import { progress } from '../command/run-command.ts';
import { runSpecs } from '../runner/runner.ts';
import { workerCount } from '../runner/worker-count.ts';
import { startWorkerFleets } from '../runner/worker-fleets.ts';
import { writeJson } from '../shared/json-file.ts';
import { coverageOf, type CoveredTest, type SpecCoverage } from './coverage-of.ts';
import { readCoverage, type RecordedCoverage } from './recorded-coverage.ts';

const folder = join(cacheDirectory, 'mutation');
const file = join(folder, 'coverage.json');
const reports = 'reports/mutation/coverage';

/**
 * Which tests reach which mutants. It is kept, and recorded again for spec files that have changed, or for all of them. A
 * test that fails on the clean fleet is left out, because it says nothing about a mutant.
 * @throws HarnessError when what was kept is damaged.
 * @param mutants the ids of all mutants.
 * @param anew whether what was recorded before counts no more.
 * @param workers how many fleets record at once.
 */
export async function specCoverage(
  engine: Engine,
  mutants: readonly string[],
  {
    anew = false,
    workers = workerCount(engine.name, Infinity),
  }: { anew?: boolean | undefined; workers?: number | undefined } = {},
): Promise<SpecCoverage> {
  const names = new Set((await listedTests()).map(({ spec }) => spec));
  const specs = Object.fromEntries([...names].map((spec) => [spec, hashOf(join(repositoryRoot, 'e2e', spec))]));
  const kept = (anew ? undefined : readCoverage(file)) ?? { specs: {}, tests: [], start: [], known: [] };
  const stale = Object.keys(specs).filter((spec) => kept.specs[spec] !== specs[spec]);
  if (stale.length === 0) return kept;
  progress(`Recording what ${stale.length} spec files reach, without a mutant. The suite says: …`);
  const recorded = await record(engine, stale, workers);
  const isKept = ({ place }: CoveredTest) => specOf(place) in specs && !stale.includes(specOf(place));
  const coverage: RecordedCoverage = {
    specs,
    tests: [...kept.tests.filter(isKept), ...recorded.tests],
    start: [...new Set([...kept.start, ...recorded.start])],
    // What a part of the specs does not reach, others may.
    known: kept.known.length > 0 ? kept.known : [...mutants],
  };
  writeJson(file, coverage);
  return coverage;
}

const specOf = (place: string): string => place.slice(0, place.lastIndexOf(':'));

const hashOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16);

async function record(engine: Engine, specs: readonly string[], workers: number): Promise<Omit<SpecCoverage, 'known'>> {
  const logs = join(folder, 'logs');
  rmSync(logs, { recursive: true, force: true });
  mkdirSync(logs, { recursive: true });
  const env = shippedApps.map(({ app }) => ({ deployment: app, name: coverageVariable, value: logs }));
  await using fleets = await startWorkerFleets(engine, async () => workers, {
    changes: [{ mutants: true, env }],
    onProgress: progress,
    signal: interruption,
  });
  const run = await runSpecs(fleets, {
    args: [...specs.map((spec) => `e2e/${spec}`), '--trace=off'],
    reports,
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
