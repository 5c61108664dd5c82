import type { SourceChange } from '../../fleet/manifests/change.ts';
import type { AuthentikServer } from '../../fleet/manifests/authentik.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import type { Engines } from '../../fleet/engines/engines.ts';
import type { Regression } from '../../fixtures/regression.ts';
import type { JSONReport } from '@playwright/test/reporter';
import { Option, type Command } from 'commander';
import { engineNames } from '../../fleet/engines/engines.ts';
import { capabilitiesOf } from '../../fleet/engines/shared/capabilities.ts';
import type { EngineName } from '../../fleet/run/state.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { authentikOption, authentikProfiles, type AuthentikOption } from '../command/authentik-option.ts';
import {
  commandLine,
  parseShard,
  parseTime,
  positiveNumber,
  regularExpression,
  type Shard,
} from '../command/command-line.ts';
import type { RunnerSettings } from './runner-arguments.ts';

export interface E2eOptions extends RunnerSettings {
  engine?: string;
  authentik?: AuthentikOption;
  callbackHost: string;
  regression?: string;
  run?: string;
  keep?: true;
  stale?: true;
  headed?: true;
  watch?: true;
  ui?: true;
  debug?: true;
  list?: true;
  workers?: number;
  shard?: Shard;
  /** Seconds. */
  within?: number;
  /** A commit; true: the last one. */
  changed?: string | true;
  runs?: number;
  /** A pattern of the names of cells; empty: all. */
  matrix?: string;
}

export const e2eCommand = (): Command =>
  commandLine('e2e')
    .description('Starts a fleet, runs the specs on it, and stops it again.')
    .argument('[specs...]', 'only these files or folders below e2e/')
    .addOption(
      new Option('--engine <name>', 'what runs the fleet (default: local, or that of --run)').choices(engineNames),
    )
    .option('-g, --grep <pattern>', 'only tests whose title or tag matches, e.g. @memory-sessions', regularExpression)
    .option('--run <id>', 'use this fleet of `npm run fleet -- up`, and leave it running')
    .addOption(
      new Option('--keep', 'use the fleet of an earlier --keep, or start one, and leave it running').conflicts('run'),
    )
    .option('--stale', 'with --run or --keep: test the fleet as it is, even if older than this repository')
    .addOption(
      new Option(
        '--authentik <profile|url>',
        `version whose behaviour the mock has (${authentikProfiles}), or a real server; its API token: AUTHENTIK_TOKEN`,
      )
        .argParser(authentikOption)
        .conflicts(['run', 'keep']),
    )
    .option(
      '--callback-host <name>',
      'with --authentik <url>: name under which that server reaches this machine',
      '127.0.0.1',
    )
    .addOption(
      new Option('--regression <name>', 'on a fleet with this fault of the catalogue, to see tests fail').conflicts([
        'run',
        'keep',
      ]),
    )
    .option('--headed', 'show the browser')
    .option('--watch', 'then run the tests that a saved file affects, until Ctrl-C')
    .addOption(new Option('--ui', "open Playwright's UI mode on the fleet").conflicts(['watch', 'debug']))
    .addOption(new Option('--debug', "open Playwright's inspector on the fleet").conflicts('watch'))
    .option('--list', 'print the tests and stop')
    .addOption(new Option('--trace <mode>', 'Playwright trace mode').choices(['on', 'off', 'retain-on-failure']))
    .addOption(
      new Option('--workers <n>', 'how many tests at once, each on its own fleet; default: by cores and memory')
        .argParser(positiveNumber)
        .conflicts(['run', 'keep', 'watch', 'ui', 'debug']),
    )
    .addOption(
      new Option('--within <time>', 'only tests that fit into it, such as 90s, the likeliest to fail first')
        .argParser(parseTime)
        .conflicts(['watch', 'ui', 'debug']),
    )
    .addOption(
      new Option(
        '--changed [ref]',
        'only tests that import what differs from this commit (default: HEAD) or claim a regression that changes it; all for an app file without one',
      ).conflicts(['watch', 'ui', 'debug']),
    )
    .addOption(
      new Option('--matrix [pattern]', 'only the matrix of faults: all cells, or those named `fault: moment` like this')
        .preset('')
        .argParser(regularExpression)
        .conflicts(['watch', 'ui', 'debug']),
    )
    .option('--shard <i/n>', 'only the i-th of n parts of the tests', parseShard)
    .option('--max-failures <n>', 'stop after so many failures', positiveNumber)
    .option('-x', 'stop after the first failure')
    .option('--last-failed', 'only the tests that failed in the last run')
    .option('--shuffle [seed]', 'in a random order, or that of this seed', positiveNumber)
    .addOption(
      new Option(
        '--runs <n>',
        'run them this often on new fleets, with --shuffle in other orders, and name the flaky tests',
      )
        .argParser(positiveNumber)
        .conflicts(['run', 'keep', 'watch', 'ui', 'debug', 'lastFailed']),
    )
    .addHelpText(
      'after',
      `
Reports: reports/latest/run.html; beside it html (npx playwright show-report reports/latest/html), summary.md, junit.xml and
results.json.
Exit codes: 0 all passed, 1 the product failed, 2 the harness failed, 77 cannot run here.`,
    );

/** @throws HarnessError for options that do not go together. */
export function checkSuiteOptions({ run, keep, stale, authentik, engine = 'local' }: E2eOptions): void {
  if (authentik && 'url' in authentik && !capabilitiesOf[engine as EngineName].has('authentik-server')) {
    throw new HarnessError(`The ${engine} engine cannot use another Authentik than the mock. Leave --engine out.`);
  }
  if (stale && !(run || keep)) {
    throw new HarnessError('--stale is about a fleet that is up already. Add --run <id> or --keep.');
  }
}

/** What a run of the suite is told of the product. */
export interface SuiteProduct {
  engines: Engines;
  regressions(): readonly Regression[];
  /** Passwords that no report may contain. */
  secrets: readonly string[];
  /** Creates the users of a fleet that people open, too. */
  createPeople(fleet: Fleet): Promise<void>;
  /** Makes at a real Authentik what the apps of a run need. Disposing removes it. */
  provisionRun(server: AuthentikServer, runId: string): Promise<AsyncDisposable>;
  /** The matrix of faults: its spec, and how the result of a whole one that passed is kept. */
  matrix: { spec: string; keep(results: JSONReport, engine: EngineName): void };
  /** A second build of an app, which a spec needs. */
  nextBuild: { spec: string; app(): string; change: SourceChange };
}
