import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appNames } from '../../apps/environment/apps.ts';
import { redact } from '../../e2e/report/redact.ts';
import { nextBuild, nextBuildSpec } from '../../e2e/models/next-build.ts';
import type { RunRecord } from '../../e2e/report/verdict.ts';
import { regressionNamed } from '../../fixtures/regression.ts';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import { buildApps, buildFolders } from '../../fleet/build/builds.ts';
import { exitCodes, HarnessError } from '../../fleet/errors.ts';
import { runProgram, type Ended } from '../../fleet/programs.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { interruption } from '../command/interruption.ts';
import { reporting } from '../command/output.ts';
import { progress } from '../command/run-command.ts';
import type { KillMatrix } from '../prove/kill-matrix.ts';
import { readJson } from '../../e2e/report/read-json.ts';
import { installEnvironment } from '../toolchain.mjs';
import { Checkout, runCommandOf } from './checkout.ts';
import { allSteps, registryFault, resolveVersion, partOf, setVersion, type Part, type Step } from './parts.ts';
import {
  catalogueSection,
  failedRun,
  gateSection,
  packagesSection,
  suiteSection,
  textOf,
  type Section,
} from './report.ts';

export interface RehearseOptions {
  with?: string[];
  mixed?: true;
}

/** The suite ends early when so many tests failed: what users see is clear by then. */
const mostFailures = 40;

/** What is tried, and where. */
interface Rehearsal {
  parts: readonly Part[];
  root: string;
  env: Record<string, string>;
  /** Regressions to prove; none: the whole catalogue. */
  regressions: readonly string[];
  logs: string;
}

/** Tries these parts and prints what differs. @param args steps, and regressions to prove. @returns the exit code. */
export async function rehearse(args: readonly string[], { with: given = [], mixed }: RehearseOptions): Promise<number> {
  if (given.length === 0)
    throw new HarnessError('Say what to try, such as --with nuxt@latest. See: npm run rehearse -- --list');
  const parts = given.map(partOf);
  const faults = args
    .filter((arg) => !allSteps.includes(arg as Step))
    .map((name) => regressionNamed(name, regressions()).name);
  const named = allSteps.filter((step) => args.includes(step) || (step === 'prove' && faults.length > 0));
  const fitting = allSteps.filter((step) => parts.some((part) => part.steps.includes(step)));
  const unfit = named.find((step) => !fitting.includes(step));
  if (unfit) throw new HarnessError(`${unfit} does not depend on ${given.join(', ')}. Use: ${fitting.join(', ')}`);
  if (mixed && !parts.some((part) => part.package))
    throw new HarnessError('--mixed is about two builds of the apps. Give a package: --with <package>@<version>');
  let isNew = parts.some((part) => !part.package);
  for (const part of parts.filter((each) => each.package)) {
    const { found, isInstalled } = await resolveVersion(part.package!);
    part.package!.version = found;
    isNew ||= !isInstalled;
  }
  if (!mixed && !isNew) {
    console.log(`${given.join(', ')}: in use already. There is nothing to try.`);
    return exitCodes.passed;
  }
  using checkout = await Checkout.ofLastCommit();
  const logs = join(repositoryRoot, 'reports/rehearsal', given.join('+').replaceAll(/[^\w.@+-]+/g, '-'));
  rmSync(logs, { recursive: true, force: true });
  mkdirSync(logs, { recursive: true });
  const env = Object.assign({}, ...parts.map((part) => part.env ?? {})) as Record<string, string>;
  const rehearsal: Rehearsal = { parts, root: checkout.root, env, regressions: faults, logs };
  const sections = [await install(rehearsal)];
  const steps = mixed ? [rollBetween] : (named.length > 0 ? named : fitting).map((step) => runStep[step]);
  for (const step of sections[0]?.failed === undefined ? steps : []) {
    // What was found before is not lost when the new version cannot be built, for example.
    const found = await step(rehearsal).catch((error: Error) => {
      interruption.throwIfAborted();
      return failedRun('A step fails.', { code: exitCodes.productFailed, output: error.message });
    });
    sections.push(...[found].flat());
  }
  return report(given, sections, rehearsal);
}

/** Keeps what a command printed, without secrets. */
const keep = ({ logs }: Rehearsal, name: string, { output }: Pick<Ended, 'output'>): void =>
  writeFileSync(join(logs, name), redact(output));

async function install(rehearsal: Rehearsal): Promise<Section> {
  const { parts, root } = rehearsal;
  const lock = (): string => readFileSync(join(root, 'package-lock.json'), 'utf8');
  const before = lock();
  for (const part of parts) if (part.package) setVersion(root, part.package);
  progress('npm install …');
  const ended = await reporting(
    'npm install',
    runProgram('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      env: installEnvironment(),
      abort: interruption,
      // It ends late after other signals, and its folder is removed anyway.
      abortBy: 'SIGKILL',
    }),
  );
  interruption.throwIfAborted();
  keep(rehearsal, 'install.log', ended);
  if (ended.code === 0) return packagesSection(before, lock());
  const code = registryFault(ended.output) ? exitCodes.cannotRunHere : ended.code;
  return failedRun('The install fails.', { code, output: ended.output });
}

const onEngine = ({ parts }: Rehearsal): string[] => {
  const engine = parts.find((part) => part.engine)?.engine;
  return engine ? ['--engine', engine] : [];
};
const verdictFile = 'reports/latest/verdict.json';

/** Runs a command of a checkout and reads what it wrote; `result` is undefined when it wrote nothing. */
async function resultOf<Result>(file: string, ...command: Parameters<typeof runCommandOf>) {
  const path = join(command[0], file);
  const begin = Date.now();
  const ended = await runCommandOf(...command);
  const isNew = existsSync(path) && statSync(path).mtimeMs >= begin;
  return { ended, result: isNew ? readJson<Result>(path, `npm run ${command[1]}`) : undefined };
}

const runStep: Record<Step, (rehearsal: Rehearsal) => Promise<Section>> = {
  async gate(rehearsal) {
    const ended = await runCommandOf(rehearsal.root, 'check', [], rehearsal.env);
    keep(rehearsal, 'gate.log', ended);
    return gateSection(ended.code === 0, ended.stdout);
  },

  async suite(rehearsal) {
    const { root, parts, logs, env } = rehearsal;
    const suiteIn = (folder: string, args: readonly string[], its: Record<string, string>) =>
      resultOf<RunRecord>(verdictFile, folder, 'e2e', [...onEngine(rehearsal), ...args], its);
    const own = parts.flatMap(({ args = [] }) => args);
    const { result, ended } = await suiteIn(root, ['--max-failures', String(mostFailures), ...own], env);
    keep(rehearsal, 'suite.log', ended);
    if (!result || result.tests.length === 0) return failedRun('The suite does not run.', ended);
    cpSync(join(root, 'reports/latest/'), join(logs, 'suite'), { recursive: true, dereference: true });
    const red = [...new Set(result.tests.filter(({ status }) => status === 'failed').map(({ spec }) => spec))];
    // What is red today as well is no news.
    const today = red.length > 0 ? (await suiteIn(repositoryRoot, red, {})).result : undefined;
    return suiteSection(result.tests, today?.tests ?? []);
  },

  async prove(rehearsal) {
    const { root, regressions, env } = rehearsal;
    const matrixIn = (folder: string, names: readonly string[], its: Record<string, string>) =>
      resultOf<KillMatrix>('reports/prove-local/kill-matrix.json', folder, 'prove', ['--no-clean', ...names], its);
    const { result, ended } = await matrixIn(root, regressions, env);
    keep(rehearsal, 'prove.log', ended);
    if (!result || result.findings.length < result.chosen) return failedRun('Not all regressions were proven.', ended);
    const others = result.findings.filter(({ verdict }) => verdict !== 'caught' && verdict !== 'not applicable');
    const names = others.map(({ regression }) => regression);
    const today = names.length > 0 ? (await matrixIn(repositoryRoot, names, {})).result : undefined;
    return catalogueSection(result.findings, today?.findings ?? []);
  },
};

/** Sessions and open pages of today's build on that of the parts, and back: the suite's test of two builds, for each app. */
async function rollBetween(rehearsal: Rehearsal): Promise<Section[]> {
  using today = await Checkout.ofLastCommit();
  const options = { changes: [nextBuild], onProgress: progress, signal: interruption };
  const next = await buildApps(appNames, { ...options, root: rehearsal.root });
  // The next build of that clone is this one, so that the test rolls it out.
  const places = await buildFolders(appNames, { ...options, root: today.root });
  const sections: Section[] = [];
  for (const app of appNames) {
    cpSync(next[app] ?? '', places[app] ?? '', { recursive: true });
    const args = [today.root, 'e2e', [nextBuildSpec], { E2E_APP: app }] as const;
    const { result, ended } = await resultOf<RunRecord>(verdictFile, ...args);
    keep(rehearsal, `mixed-${app}.log`, ended);
    const title = `Both builds of ${app} together`;
    sections.push(result ? suiteSection(result.tests, [], title) : failedRun(`${title} do not run.`, ended));
  }
  return sections;
}

function report(given: readonly string[], sections: readonly Section[], { logs }: Rehearsal): number {
  const text = redact(textOf(given, sections));
  console.log(text);
  writeFileSync(join(logs, 'rehearsal.txt'), `${text}\n`);
  progress(`Reports: ${logs}`);
  if (sections.some(({ failed }) => failed === exitCodes.cannotRunHere)) return exitCodes.cannotRunHere;
  return sections.some(({ differs }) => differs) ? exitCodes.productFailed : exitCodes.passed;
}
