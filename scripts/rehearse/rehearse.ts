import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { html } from '../../e2e/report/html.ts';
import { nextBuild, nextBuildSpec } from '../../e2e/models/next-build.ts';
import type { RunRecord } from '../../e2e/report/verdict.ts';
import { regressionNamed } from '../../fixtures/regressions/catalogue.ts';
import { buildApps, buildFolders } from '../../fleet/build/builds.ts';
import { exitCodes, HarnessError } from '../../fleet/errors.ts';
import { shippedApps } from '../../fleet/manifests/images.ts';
import { runProgram } from '../../fleet/programs.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { interruption } from '../command/interruption.ts';
import { reporting } from '../command/output.ts';
import { progress } from '../command/run-command.ts';
import type { KillMatrix } from '../prove/kill-matrix-verdict.ts';
import { readJson } from '../runner/reports.ts';
import { installEnvironment } from '../toolchain.mjs';
import { Checkout, runCommandOf } from './checkout.ts';
import { checkVersion, partOf, setVersion, type Part } from './parts.ts';
import {
  catalogueSection,
  failedRun,
  gateSection,
  packagesSection,
  sizesSection,
  suiteSection,
  textOf,
  type Section,
} from './report.ts';

export interface RehearseOptions {
  with?: string[];
  mixed?: true;
}

const allSteps = ['gate', 'suite', 'prove', 'sizes'] as const;
type Step = (typeof allSteps)[number];

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
  const regressions = args.filter((arg) => !allSteps.includes(arg as Step)).map((name) => regressionNamed(name).name);
  const named = allSteps.filter((step) => args.includes(step) || (step === 'prove' && regressions.length > 0));
  const steps = named.length > 0 ? named : allSteps;
  if (mixed && !parts.some((part) => part.package))
    throw new HarnessError(
      '--mixed is about two builds of the apps, so it needs a package: --with <package>@<version>',
    );
  const isInstalled = await Promise.all(parts.map((part) => part.package && checkVersion(part.package)));
  if (!mixed && isInstalled.every((is) => is === true)) {
    console.log(`${given.join(', ')}: in use already. There is nothing to try.`);
    return exitCodes.passed;
  }
  using checkout = await Checkout.ofLastCommit();
  const logs = join(repositoryRoot, 'reports/rehearsal', given.join('+').replaceAll(/[^\w.@+-]+/g, '-'));
  mkdirSync(logs, { recursive: true });
  const env = Object.assign({}, ...parts.map((part) => part.env ?? {})) as Record<string, string>;
  const rehearsal: Rehearsal = { parts, root: checkout.root, env, regressions, logs };
  const sections = [await install(rehearsal)];
  if (!sections[0]?.stops) {
    if (mixed) sections.push(...(await rollBetween(rehearsal)));
    else for (const step of steps) sections.push(await runStep[step](rehearsal));
  }
  return report(given, sections, rehearsal);
}

async function install({ parts, root, logs }: Rehearsal): Promise<Section> {
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
    }),
  );
  interruption.throwIfAborted();
  writeFileSync(join(logs, 'install.log'), ended.output);
  return ended.code === 0 ? packagesSection(before, lock()) : failedRun('The install fails.', ended.output);
}

const argsOf = ({ parts }: Rehearsal): string[] => parts.flatMap(({ args = [] }) => args);
const verdictFile = 'reports/latest/verdict.json';

/** Runs a command of a checkout and reads what it wrote; `result` is undefined when it wrote nothing. */
async function resultOf<Result>(file: string, ...command: Parameters<typeof runCommandOf>) {
  const path = join(command[0], file);
  rmSync(path, { force: true });
  const { output } = await runCommandOf(...command);
  return { output, result: readJson<Result>(path, `npm run ${command[1]}`) };
}

const runStep: Record<Step, (rehearsal: Rehearsal) => Promise<Section>> = {
  async gate({ root, logs, env }) {
    const { code, stdout, output } = await runCommandOf(root, 'check', [], env);
    writeFileSync(join(logs, 'gate.log'), output);
    return gateSection(code === 0, stdout);
  },

  async suite(rehearsal) {
    const { root, parts, logs, env } = rehearsal;
    const own = parts.flatMap(({ suiteArgs = [] }) => suiteArgs);
    const suiteIn = (folder: string, args: readonly string[], its: Record<string, string>) =>
      resultOf<RunRecord>(verdictFile, folder, 'e2e', [...args, ...argsOf(rehearsal)], its);
    const { result, output } = await suiteIn(root, [...own, '--max-failures', String(mostFailures)], env);
    writeFileSync(join(logs, 'suite.log'), output);
    if (!result) return failedRun('The suite does not run.', output);
    cpSync(join(root, 'reports/latest/'), join(logs, 'suite'), { recursive: true, dereference: true });
    const red = [...new Set(result.tests.filter(({ status }) => status === 'failed').map(({ spec }) => spec))];
    // What is red today as well is no news.
    const today = red.length > 0 ? (await suiteIn(repositoryRoot, red, {})).result : undefined;
    return suiteSection(result.tests, today?.tests ?? []);
  },

  async prove(rehearsal) {
    const { root, regressions, env, logs } = rehearsal;
    const matrixFile = `reports/prove-${argsOf(rehearsal).at(-1) ?? 'local'}/kill-matrix.json`;
    const matrixIn = (folder: string, names: readonly string[], its: Record<string, string>) =>
      resultOf<KillMatrix>(matrixFile, folder, 'prove', ['--no-clean', ...argsOf(rehearsal), ...names], its);
    const { result, output } = await matrixIn(root, regressions, env);
    writeFileSync(join(logs, 'prove.log'), output);
    if (!result) return failedRun('No regression can be proven.', output);
    const others = result.findings.filter(({ verdict }) => verdict !== 'caught' && verdict !== 'not applicable');
    const names = others.map(({ regression }) => regression);
    const today = names.length > 0 ? (await matrixIn(repositoryRoot, names, {})).result : undefined;
    return catalogueSection(result.findings, today?.findings ?? []);
  },

  async sizes({ root, env }) {
    const apps = shippedApps.map(({ app }) => app);
    const of = async (folder: string, its: Record<string, string>) => ({
      builds: await buildApps(apps, { root: folder, onProgress: progress, signal: interruption }),
      starts: (await runCommandOf(folder, 'bench', ['fleet'], its)).stdout,
    });
    return sizesSection(await of(repositoryRoot, {}), await of(root, env));
  },
};

/** Sessions and open pages of today's build on that of the parts, and back: the suite's test of two builds, for each app. */
async function rollBetween(rehearsal: Rehearsal): Promise<Section[]> {
  using today = await Checkout.ofLastCommit();
  const apps = ['operator', 'portal'];
  const options = { changes: [nextBuild], onProgress: progress, signal: interruption };
  const next = await buildApps(apps, { ...options, root: rehearsal.root });
  // The next build of that clone is this one, so that the test rolls it out.
  const places = await buildFolders(apps, { ...options, root: today.root });
  const sections: Section[] = [];
  for (const app of apps) {
    cpSync(next[app] ?? '', places[app] ?? '', { recursive: true });
    const args = [today.root, 'e2e', [nextBuildSpec], { E2E_APP: app }] as const;
    const { result, output } = await resultOf<RunRecord>(verdictFile, ...args);
    writeFileSync(join(rehearsal.logs, `mixed-${app}.log`), output);
    const title = `Both builds of ${app} together`;
    sections.push(result ? suiteSection(result.tests, [], title) : failedRun(`${title} do not run.`, output));
  }
  return sections;
}

function report(given: readonly string[], sections: readonly Section[], { logs }: Rehearsal): number {
  const text = textOf(given, sections);
  console.log(text);
  writeFileSync(join(logs, 'rehearsal.txt'), `${text}\n`);
  const page = join(logs, 'suite/run.html');
  if (existsSync(page)) {
    const [before, after] = readFileSync(page, 'utf8').split('</body>');
    writeFileSync(
      page,
      `${before}${html`<h2>Rehearsal</h2>
        <pre>${text}</pre>`}</body>${after}`,
    );
  }
  progress(`Reports: ${logs}`);
  return sections.some(({ differs }) => differs) ? exitCodes.productFailed : exitCodes.passed;
}
