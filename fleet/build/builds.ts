import { createHash, randomBytes } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { lstat, mkdir, readFile, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pLimit from 'p-limit';
import { throwIfAborted } from '../abort.ts';
import { duration } from '../duration.ts';
import { HarnessError } from '../errors.ts';
import type { SourceChange, Switches } from '../manifests/change.ts';
import { endingWithParent, runProgram, variablesHere } from '../programs.ts';
import { repositoryRoot, workPrefix } from '../root.ts';
import { withFileLock } from '../run/file-lock.ts';
import { identify, processesWithEnvironment, signalTree } from '../run/process-identity.ts';
import { applySourceChanges, readFolders, type Folders, type Sources } from './sources.ts';
import { applySwitches } from './switches.ts';

export interface BuildOptions {
  changes?: readonly SourceChange[] | undefined;
  /** Changes that are compiled in after these, of which each pod selects one. */
  switches?: Switches | undefined;
  /** Whether all mutants are compiled in, of which each pod selects one. */
  mutants?: boolean | undefined;
  onProgress?: ((line: string) => void) | undefined;
  signal?: AbortSignal | undefined;
  /** Folder with `apps/`, `package-lock.json` and `node_modules/`; its `.cache` gets the builds. Default: this repository. */
  root?: string;
}

/** Part of the cache key. Increase it when this file starts to build the same sources differently. */
const recipe = 3;
/** Folders below `apps` that are part of every app's build. */
const sharedFolders = ['environment', 'tokens'];
const parallelBuilds = 2;
/** Environment variable of a build and its child processes: the work folder. */
const workVariable = 'FLEET_BUILD_WORK';
const linesInErrors = 50;

/** How an app is built, by its configuration file. */
const builders = [
  { config: 'nuxt.config.ts', program: 'nuxt', extendsBase: true },
  { config: 'nitro.config.ts', program: 'nitropack', extendsBase: false },
] as const;

/**
 * Builds apps on a copy of their sources, once for each content. The cache folder is named by a hash of an app's
 * inputs: its folder, `apps/environment`, `apps/tokens`, `apps/base` when it extends that, `package-lock.json`, and the source
 * changes. An app that no source change touches has the same build with or without them.
 * @returns the folder that holds `.output`, by app.
 * @throws HarnessError when a change does not fit, or with the last 50 lines of a failed build.
 */
export async function buildApps(apps: readonly string[], options: BuildOptions = {}): Promise<Record<string, string>> {
  const { root = repositoryRoot } = options;
  // Nitro writes paths into the source of modules between quotes, and escapes none.
  if (/['"\\]/.test(root))
    throw new HarnessError(`Nitro cannot build apps in ${root}, because of the quote in its name. Move the folder.`);
  await clearAbandonedBuilds(options);
  const place = await placeOf(options);
  const limit = pLimit(parallelBuilds);
  const builds = apps.map((app) => limit(async () => [app, await buildOnce(app, place, options)] as const));
  // All builds end before the first failure is reported, so no work continues in the background.
  await Promise.allSettled(builds);
  return Object.fromEntries(await Promise.all(builds));
}

/** The folders that {@link buildApps} would return now, by app, without building anything. */
export async function buildFolders(
  apps: readonly string[],
  options: BuildOptions = {},
): Promise<Record<string, string>> {
  const place = await placeOf(options);
  const targets = await Promise.all(apps.map(async (app) => [app, (await inputsOf(app, place)).target] as const));
  return Object.fromEntries(targets);
}

/** With the sources of all apps, with the changes of these options. */
async function placeOf(options: BuildOptions): Promise<Place> {
  const { root = repositoryRoot, changes = [], switches = {}, mutants = false } = options;
  const folders = await readFolders(root);
  applySourceChanges(folders, changes);
  applySwitches(folders, switches);
  if (mutants) {
    // Loaded on first use: the instrumenter is large, and only `prove --mutants` needs it.
    const { applyMutants } = await import('./mutants.ts');
    await applyMutants(folders);
  }
  return { folders, root };
}

/** Removes what killed builds have left behind: processes and work folders. */
export async function clearAbandonedBuilds({ root = repositoryRoot }: Pick<BuildOptions, 'root'> = {}): Promise<void> {
  const directory = unfinishedIn(root);
  for (const name of await readdir(directory).catch(() => [])) {
    if (identify(Number.parseInt(name, 10))) continue;
    const work = join(directory, name);
    // A build ends with its owner, but a child process of it may outlive both.
    for (const left of processesWithEnvironment(workVariable, work)) signalTree(left, 'SIGKILL');
    await rm(work, { recursive: true, force: true, maxRetries: 5 });
  }
}

const unfinishedIn = (root: string): string => join(root, '.cache', 'unfinished');

/** The content of all apps, and the folder that it comes from, below which builds go to. */
interface Place {
  folders: Folders;
  root: string;
}

/** What an app is built from, and the folder of the cache that has the build of that content. */
async function inputsOf(app: string, { folders, root }: Place) {
  const builder = builderOf(app, folders);
  const names = [...sharedFolders, ...(builder.extendsBase ? ['base'] : []), app];
  const sources: Sources = new Map(names.flatMap((name) => [...(folders.get(name) ?? [])]));
  return {
    program: builder.program,
    sources,
    target: join(root, '.cache', 'builds', `${app}-${await hashOf(sources, root)}`),
  };
}

async function buildOnce(app: string, place: Place, { onProgress = () => {}, signal }: BuildOptions): Promise<string> {
  const { program, sources, target } = await inputsOf(app, place);
  if (await isWhole(target)) return target;
  return await withFileLock(
    `${target}.lock`,
    async () => {
      // Another process may have finished this build in the meantime.
      if (await isWhole(target)) return target;
      await rm(target, { recursive: true, force: true });
      const startedAt = performance.now();
      onProgress(`${app} is being built (${program} build)`);
      const work = join(unfinishedIn(place.root), `${workPrefix}${app}-${randomBytes(6).toString('hex')}`);
      try {
        await writeSources(work, sources);
        await linkModules(place.root, work, sources);
        await runBuild(app, { program, root: place.root, work, signal });
        await mkdir(join(work, 'done'));
        await rename(join(work, 'apps', app, '.output'), join(work, 'done', '.output'));
        await writeFile(join(work, 'done', sizesFile), await sizesOf(join(work, 'done', '.output')));
        // Renamed in one step, so an interrupted build is never in the cache.
        await rename(join(work, 'done'), target);
      } finally {
        await rm(work, { recursive: true, force: true, maxRetries: 5 });
      }
      onProgress(`${app} is built after ${duration(performance.now() - startedAt)}`);
      return target;
    },
    { onWait: () => onProgress(`${app} is being built by another run`), signal },
  );
}

/** Lists the files of a build and their sizes. */
const sizesFile = 'sizes';

/** Whether a build in the cache is complete. A full disk or a crash of the machine may have truncated its files. */
async function isWhole(target: string): Promise<boolean> {
  const sizes = await readFile(join(target, sizesFile), 'utf8').catch(() => undefined);
  return sizes !== undefined && sizes === (await sizesOf(join(target, '.output')).catch(() => ''));
}

/** The path and size of each file in a folder, as lines. */
async function sizesOf(folder: string): Promise<string> {
  const paths = (await readdir(folder, { recursive: true })).toSorted();
  const sizes = await Promise.all(paths.map(async (path) => [path, await lstat(join(folder, path))] as const));
  return sizes.flatMap(([path, found]) => (found.isFile() ? `${path} ${found.size}\n` : [])).join('');
}

async function runBuild(
  app: string,
  { program, root, work, signal }: { program: string; root: string; work: string; signal: AbortSignal | undefined },
): Promise<void> {
  const folder = join(work, 'apps', app);
  const { args, env } = endingWithParent('group');
  const result = await runProgram(process.execPath, [...args, programPath(root, program), 'build'], {
    cwd: folder,
    env: { ...buildEnvironment(), [workVariable]: work, ...env },
    channel: true,
    // Always in its own process group, which ends with this process.
    detached: true,
    abort: signal,
    abortBy: 'SIGKILL',
  });
  throwIfAborted(signal);
  const isBuilt = existsSync(join(folder, '.output', 'server', 'index.mjs'));
  if (result.code === 0 && isBuilt) return;
  const outcome =
    result.code === 0 ? 'it left no .output/server/index.mjs' : (result.signal ?? `exit code ${result.code}`);
  const lines = result.output.trimEnd().split('\n').slice(-linesInErrors);
  throw new HarnessError(
    `The build of ${app} failed (${outcome}). Its last lines:\n` +
      lines.map((line) => `  ${line}\n`).join('') +
      `Reproduce it with: cd apps/${app} && npx ${program} build`,
  );
}

/** Passes only the variables that a build needs. An app's settings in this process must not reach a build. */
function buildEnvironment(): NodeJS.ProcessEnv {
  return {
    ...variablesHere('PATH', 'HOME', 'TMPDIR', 'LANG', 'NODE_EXTRA_CA_CERTS'),
    NUXT_TELEMETRY_DISABLED: '1',
    NODE_ENV: 'production',
    CI: '1',
  };
}

/** The script behind `node_modules/.bin/<program>`, to run with the current Node. */
function programPath(root: string, program: string): string {
  const link = join(root, 'node_modules', '.bin', program);
  if (!existsSync(link)) throw new HarnessError(`${program} is not installed in ${root}. Run: npm ci`);
  return realpathSync(link);
}

function builderOf(app: string, folders: Folders): (typeof builders)[number] {
  const found = builders.find(({ config }) => folders.get(app)?.has(`apps/${app}/${config}`));
  if (found) return found;
  const configs = builders.map(({ config }) => config).join(' or ');
  throw new HarnessError(`apps/${app} has no ${configs}, so nothing says how it is built.`);
}

async function hashOf(sources: Sources, root: string): Promise<string> {
  const hash = createHash('sha256').update(`${recipe}\0`);
  hash.update(await readFile(join(root, 'package-lock.json')).catch(() => ''));
  for (const [path, content] of [...sources].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`\0${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 16);
}

async function writeSources(work: string, sources: Sources): Promise<void> {
  for (const [path, content] of sources) {
    const target = join(work, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
}

/** Links the modules that npm installed in an app's own folder. All others resolve to the root's. */
async function linkModules(root: string, work: string, sources: Sources): Promise<void> {
  const folders = new Set([...sources.keys()].map((path) => path.split('/').slice(0, 2).join('/')));
  for (const folder of folders) {
    const modules = join(root, folder, 'node_modules');
    const names = await readdir(modules).catch(() => []);
    if (names.some((name) => !name.startsWith('.'))) await symlink(modules, join(work, folder, 'node_modules'));
  }
}
