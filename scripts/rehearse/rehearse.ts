import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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

/** The verdict of a run of the suite in a checkout; undefined when it came to none. */
async function suiteIn(root: string, args: readonly string[], rehearsal: Rehearsal, env = rehearsal.env) {
  const ended = await runCommandOf(root, 'e2e', args, env);
  if (root === rehearsal.root) writeFileSync(join(rehearsal.logs, 'suite.log'), ended.output);
  const file = join(root, 'reports/latest/verdict.json');
  const isOver = ended.code === exitCodes.passed || ended.code === exitCodes.productFailed || existsSync(file);
  const record = isOver && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RunRecord) : undefined;
  return { ...ended, record };
}

const runStep: Record<Step, (rehearsal: Rehearsal) => Promise<Section>> = {
  async gate({ root, logs, env }) {
    const { code, stdout, output } = await runCommandOf(root, 'check', [], env);
    writeFileSync(join(logs, 'gate.log'), output);
    return gateSection(code === 0, stdout);
  },

  async suite(rehearsal) {
    const { root, parts, logs } = rehearsal;
    const args = [...argsOf(rehearsal), ...parts.flatMap(({ suiteArgs = [] }) => suiteArgs), '--max-failures', '40'];
    const { record, output } = await suiteIn(root, args, rehearsal);
    if (!record) return failedRun('The suite does not run.', output);
    cpSync(join(root, 'reports/latest/'), join(logs, 'suite'), { recursive: true, dereference: true });
    const specs = [...new Set(record.tests.filter(({ status }) => status === 'failed').map(({ spec }) => spec))];
    // What is red today as well is no news.
    const today =
      specs.length > 0 ? await suiteIn(repositoryRoot, [...specs, ...argsOf(rehearsal)], rehearsal, {}) : undefined;
    return suiteSection(record.tests, today?.record?.tests ?? []);
  },

  async prove(rehearsal) {
    const matrixIn = async (root: string, names: readonly string[], env: Record<string, string>) => {
      const { output } = await runCommandOf(root, 'prove', ['--no-clean', ...argsOf(rehearsal), ...names], env);
      if (root === rehearsal.root) writeFileSync(join(rehearsal.logs, 'prove.log'), output);
      const engine = argsOf(rehearsal).includes('k3s') ? 'k3s' : 'local';
      const file = join(root, `reports/prove-${engine}/kill-matrix.json`);
      return { output, matrix: existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as KillMatrix) : undefined };
    };
    const { matrix, output } = await matrixIn(rehearsal.root, rehearsal.regressions, rehearsal.env);
    if (!matrix) return failedRun('No regression can be proven.', output);
    const others = matrix.findings.filter(({ verdict }) => verdict !== 'caught' && verdict !== 'not applicable');
    const names = others.map(({ regression }) => regression);
    const today = names.length > 0 ? (await matrixIn(repositoryRoot, names, {})).matrix : undefined;
    return catalogueSection(matrix.findings, today?.findings ?? []);
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
    const { record, output } = await suiteIn(today.root, [nextBuildSpec], rehearsal, { E2E_APP: app });
    writeFileSync(join(rehearsal.logs, `mixed-${app}.log`), output);
    sections.push(
      record
        ? suiteSection(record.tests, [], `Both builds of ${app} together`)
        : failedRun(`${app} does not run.`, output),
    );
  }
  return sections;
}

function report(given: readonly string[], sections: readonly Section[], { logs }: Rehearsal): number {
  const text = textOf(given, sections);
  console.log(text);
  writeFileSync(join(logs, 'rehearsal.txt'), `${text}\n`);
  const page = join(logs, 'suite/run.html');
  if (existsSync(page)) {
    const section = html`<section>
      <h2>Rehearsal</h2>
      <pre>${text}</pre>
    </section>`.toString();
    writeFileSync(
      page,
      readFileSync(page, 'utf8').replace('</body>', () => `${section}</body>`),
    );
  }
  progress(`Reports: ${logs}`);
  return sections.some(({ differs }) => differs) ? exitCodes.productFailed : exitCodes.passed;
}
