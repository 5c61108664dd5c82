import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JSONReport } from '@playwright/test/reporter';
import Table from 'cli-table3';
import { deadlineVariables } from '../../../e2e/deadline.ts';
import { runsVariable } from '../../../e2e/fixtures/worker-runs.ts';
import { specsIn } from '../../../e2e/reporters/json-report.ts';
import { localEngine } from '../../../fleet/engines/local/engine.ts';
import type { Fleet } from '../../../fleet/engines/shared/engine.ts';
import { HarnessError } from '../../../fleet/errors.ts';
import { origin } from '../../../fleet/hosts.ts';
import { runProgram } from '../../../fleet/programs.ts';
import { repositoryRoot } from '../../../fleet/root.ts';
import { interruption } from '../../command/interruption.ts';
import { progress } from '../../command/run-command.ts';
import { measureSlowness } from '../../runner/slowness.ts';
import { inSeconds, median, ratio, sum } from '../figures.ts';

/** Runs of the test runner for each project, in turns, and tests in each. */
const turns = 2;
const testsPerTurn = 5;

/** The projects of browser-tests.config.ts. */
const projects = { plain: 'plain Playwright test', suite: 'test of the suite' } as const;
type Project = keyof typeof projects;

interface Measured {
  /** Milliseconds of each test, with the setup and the teardown of its fixtures. */
  tests: number[];
  /** Milliseconds of the runs, with the start of the runner and of the browser. */
  runs: number[];
}

/** A page by the suite's fixtures and by Playwright's own, on one local fleet, through its edge. */
export async function browserTests(): Promise<Table.Table> {
  const measured: Record<Project, Measured> = { plain: { tests: [], runs: [] }, suite: { tests: [], runs: [] } };
  progress('  a fleet …');
  await using fleet = await localEngine.up({ signal: interruption });
  for (let turn = 1; turn <= turns; turn += 1) {
    for (const project of Object.keys(projects) as Project[]) {
      progress(`  turn ${turn} of ${turns}: ${projects[project]} × ${testsPerTurn} …`);
      const begin = performance.now();
      measured[project].tests.push(...(await runProject(project, fleet)));
      measured[project].runs.push(performance.now() - begin);
    }
  }
  const table = new Table({
    head: ['', `median of ${turns * testsPerTurn}`, 'of plain', 'whole run / test', 'of plain'],
    style: { head: [], border: [] },
  });
  const whole = ({ runs, tests }: Measured): number => sum(runs) / tests.length;
  for (const [project, name] of Object.entries(projects) as Array<[Project, string]>) {
    const one = measured[project];
    table.push([
      name,
      inSeconds(median(one.tests)),
      ratio(median(one.tests), median(measured.plain.tests)),
      inSeconds(whole(one)),
      ratio(whole(one), whole(measured.plain)),
    ]);
  }
  return table;
}

/** @returns milliseconds of each test. @throws HarnessError when one fails: its time says nothing. */
async function runProject(project: Project, fleet: Fleet): Promise<number[]> {
  const output = mkdtempSync(join(tmpdir(), 'bench-tests-'));
  try {
    const { stdout, stderr } = await runProgram(
      process.execPath,
      [
        join(repositoryRoot, 'node_modules/@playwright/test/cli.js'),
        'test',
        '--config=scripts/bench/peers/browser-tests.config.ts',
        `--project=${project}`,
        `--repeat-each=${testsPerTurn}`,
      ],
      {
        cwd: repositoryRoot,
        env: {
          ...process.env,
          FLEET_ENGINE: fleet.engine,
          [runsVariable]: fleet.runId,
          [deadlineVariables.slowness]: String(measureSlowness()),
          NODE_EXTRA_CA_CERTS: fleet.edge.caFile,
          BENCH_ORIGIN: origin(fleet.hosts.operator),
          BENCH_PROXY: fleet.edge.proxyUrl,
          BENCH_SPKI: fleet.edge.spki,
          BENCH_OUTPUT: output,
        },
        onStart: (pid) => fleet.adopt(pid),
        abort: interruption,
        abortBy: 'SIGINT',
      },
    );
    interruption.throwIfAborted();
    return timesIn(stdout, stderr);
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}

function timesIn(stdout: string, stderr: string): number[] {
  const report = JSON.parse(stdout) as JSONReport;
  const results = specsIn(report).flatMap(({ spec }) => spec.tests.flatMap((test) => test.results));
  const failed = results.find(({ status }) => status !== 'passed');
  if (results.length === 0 || failed) {
    throw new HarnessError(
      `A test of scripts/bench/peers did not pass. Run it again. ${failed?.error?.message ?? ''}\n${stderr}`,
    );
  }
  return results.map(({ duration }) => duration);
}
