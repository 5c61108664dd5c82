import { join } from 'node:path';
import { styleText } from 'node:util';
import type { Engine, Fleet } from '../../fleet/engines/shared/engine.ts';
import { duration } from '../../fleet/duration.ts';
import type { Regression } from '../../fixtures/regression.ts';
import { interruption } from '../command/interruption.ts';
import { exitCodeOfMatrix, linesOfMatrix, summaryOfMatrix, type KillMatrix } from './kill-matrix.ts';
import { falseAlarms, proveRegression } from './prove-regression.ts';
import { changeOf, switchesOf } from './switched.ts';
import { workThrough } from '../command/work-through.ts';
import { reporting } from '../command/output.ts';
import { progress } from '../command/run-command.ts';
import { claiming } from '../runner/changed.ts';
import { workerCount } from '../runner/worker-count.ts';
import { writeJson } from '../runner/reports.ts';

interface ProveOptions {
  chosen: readonly Regression[];
  /** They are not the whole catalogue. */
  isPart: boolean;
  /** The claiming specs run on the clean fleet as well, and must be green there. */
  withClean: boolean;
  /** How many regressions at once. Default: half of the suite's workers, because some make a build meanwhile. */
  jobs?: number | undefined;
  /** Whether browsers may load this code of a regression without having it. */
  mayBeInScripts(code: string): boolean;
}

const proveReports = (engine: string): string => `reports/prove-${engine}`;
const matrixFile = (engine: string): string => join(proveReports(engine), 'kill-matrix.json');
const write = (matrix: KillMatrix): void => writeJson(matrixFile(matrix.engine), matrix);

/** Proves regressions, writes their matrix and prints it. @returns the exit code. */
export async function proveCatalogue(
  engine: Engine,
  { chosen, isPart, withClean, jobs = Math.ceil(workerCount(engine.name, Infinity) / 2), mayBeInScripts }: ProveOptions,
): Promise<number> {
  const matrix: KillMatrix = { engine: engine.name, chosen: chosen.length, findings: [] };
  // Otherwise the matrix of an earlier run would look like that of this one after an early interruption.
  write(matrix);
  const switches = await switchesOf(chosen, mayBeInScripts);
  // Where a node takes long to start, the clean fleet stays up and the other fleets share its node. It has the build with
  // the switches, none of them selected: it must do what a plain build does.
  let clean =
    withClean || engine.sharesNode
      ? await engine.up({
          ...(Object.keys(switches).length > 0 ? { changes: [{ switches }] } : {}),
          onProgress: progress,
          signal: interruption,
        })
      : undefined;
  try {
    if (clean && withClean) matrix.falseAlarms = await alarmsOn(clean, isPart ? claiming(chosen) : []);
    if (!engine.sharesNode) {
      await clean?.down();
      clean = undefined;
    }
    progress(`Regressions: ${chosen.length}, ${Math.min(jobs, chosen.length)} at a time …`);
    await workThrough(chosen, {
      atOnce: jobs,
      nameOf: ({ name }) => name,
      work: async (regression) => {
        const change = changeOf(regression, switches, engine.apps);
        const finding = await proveRegression(engine, regression, {
          reports: proveReports(engine.name),
          testsAtOnce: jobs,
          fleet: { changes: [change], signal: interruption, ...(clean ? { shareWith: clean.runId } : {}) },
        });
        matrix.findings.push(finding);
        // The matrix is written after each regression, also for an interrupted run.
        write(matrix);
        progress(`${regression.name}: ${finding.verdict} in ${duration(finding.seconds * 1000)}`);
      },
    });
  } finally {
    await clean?.down();
  }
  return report(matrix);
}

async function alarmsOn(clean: Fleet, args: readonly string[]): Promise<string[]> {
  progress('The clean fleet: every claiming spec must be green …');
  const { tests, alarms } = await reporting(
    'The specs on the clean fleet',
    falseAlarms(clean, { args, reports: join(proveReports(clean.engine), 'clean') }),
  );
  progress(`  ${tests} tests, ${alarms.length} red`);
  return alarms;
}

function report(matrix: KillMatrix): number {
  const { engine, findings, falseAlarms } = matrix;
  findings.sort((a, b) => a.regression.localeCompare(b.regression));
  write(matrix);
  for (const line of linesOfMatrix(findings)) console.log(line);
  for (const alarm of falseAlarms ?? []) console.log(`${styleText('red', 'false alarm')} ${alarm}`);
  console.log(`\n${summaryOfMatrix(matrix)} Matrix: ${matrixFile(engine)}`);
  return exitCodeOfMatrix(matrix);
}
