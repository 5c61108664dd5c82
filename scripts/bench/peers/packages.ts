import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import getPort from 'get-port';
import { HarnessError } from '../../../fleet/errors.ts';
import { runProgram } from '../../../fleet/programs.ts';
import { repositoryRoot } from '../../../fleet/root.ts';
import { interruption } from '../../command/interruption.ts';
import { buildMock, packMock } from '../../shared/pack-mock.ts';
import { progress } from '../../command/run-command.ts';
import { inMilliseconds, median } from '../figures.ts';
import { startProgram } from './running-program.ts';

interface Package {
  name: string;
  /** Arguments of Node that start it on a port, from the folder where it is installed. */
  start: (folder: string, port: number) => readonly string[];
  /** Path that answers 200 once it is ready. */
  discovery: string;
  /** Environment of the start. */
  env?: (port: number) => Readonly<Record<string, string>>;
}

const standardDiscovery = '/.well-known/openid-configuration';
/** The starts of the other parts, which read the port from the environment. */
const byScript = (name: string): Package => ({
  name,
  start: () => [join(repositoryRoot, `scripts/bench/peers/start-${name}.ts`)],
  env: (port) => ({ PORT: String(port) }),
  discovery: standardDiscovery,
});

const packages: readonly Package[] = [
  {
    name: 'mock-authentik',
    start: (folder, port) => [
      join(folder, 'node_modules/mock-authentik/dist/cli.mjs'),
      '--port',
      String(port),
      '--control-port',
      '0',
    ],
    discovery: `/application/o/app${standardDiscovery}`,
  },
  byScript('oauth2-mock-server'),
  byScript('oidc-provider'),
];

const starts = 5;
/** Of `stat`: what a file takes on the disk is counted in these. */
const blockBytes = 512;

interface Measured {
  folder: string;
  packages: number;
  bytes: number;
  startMs: number[];
}

/** What the packages cost to install, from a registry save for the mock, and to start. */
export async function packageCosts(): Promise<Table.Table> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-packages-'));
  try {
    progress('  building mock-authentik …');
    await buildMock();
    const archive = await packMock(folder);
    const measured = new Map<Package, Measured>();
    for (const one of packages) {
      progress(`  installing ${one.name} …`);
      const target = join(folder, one.name);
      await install(one.name === 'mock-authentik' ? archive : one.name, target);
      measured.set(one, { folder: target, ...sizeOf(join(target, 'node_modules')), startMs: [] });
    }
    progress(`  ${starts} starts of each, in turns …`);
    for (let turn = 0; turn < starts; turn += 1) {
      for (const [one, { folder: target, startMs }] of measured) startMs.push(await startTime(one, target));
    }
    return tableOf(measured);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function install(what: string, folder: string): Promise<void> {
  const { code, output } = await runProgram('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, what], {
    abort: interruption,
  });
  interruption.throwIfAborted();
  if (code !== 0) throw new HarnessError(`npm install ${what} failed:\n${output}\nMake a registry reachable.`);
}

function sizeOf(modules: string): Pick<Measured, 'packages' | 'bytes'> {
  const files = readdirSync(modules, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return {
    packages: files.filter(({ name, parentPath }) => name === 'package.json' && isPackage(parentPath)).length,
    bytes: files.reduce(
      (total, { name, parentPath }) => total + statSync(join(parentPath, name)).blocks * blockBytes,
      0,
    ),
  };
}

/** Whether a folder is one of an installed package, and not one inside it. */
const isPackage = (folder: string): boolean => /node_modules\/(@[^/]+\/)?[^/@]+$/.test(folder);

/** Milliseconds from the start of the process to the first 200. */
async function startTime({ start, env, discovery }: Package, folder: string): Promise<number> {
  const port = await getPort({ host: '127.0.0.1' });
  const begin = performance.now();
  await using program = startProgram(process.execPath, start(folder, port), {
    cwd: repositoryRoot,
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env?.(port) },
  });
  await program.waitUntil(async () => {
    const response = await fetch(`http://127.0.0.1:${port}${discovery}`, { signal: interruption }).catch(() => {});
    return response?.status === 200;
  });
  return performance.now() - begin;
}

function tableOf(measured: ReadonlyMap<Package, Measured>): Table.Table {
  const table = new Table({
    head: ['', ...[...measured.keys()].map(({ name }) => name)],
    style: { head: [], border: [] },
  });
  const all = [...measured.values()];
  table.push(
    ['installed', ...all.map(({ bytes }) => `${(bytes / 1e6).toFixed(1)} MB`)],
    ['packages', ...all.map(({ packages: count }) => String(count))],
    [`start, median of ${starts}`, ...all.map(({ startMs }) => inMilliseconds(median(startMs)))],
  );
  return table;
}
