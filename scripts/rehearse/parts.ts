import { accessSync, constants, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { didYouMean } from '../../fleet/did-you-mean.ts';
import { CannotRunHere, exitCodes, HarnessError } from '../../fleet/errors.ts';
import { runProgram } from '../../fleet/programs.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { authentikProfiles, profileOption } from '../command/authentik-option.ts';
import { printList } from '../command/output.ts';
import { readJson } from '../../e2e/report/read-json.ts';

/** A part of the fleet in another version. */
export interface Part {
  /** As it was given. */
  text: string;
  /** An npm package with its version or range. */
  package?: { name: string; version: string };
  /** Variables of the commands that start fleets. */
  env?: Record<string, string>;
  /** What runs the fleets; otherwise the local engine. */
  engine?: 'k3s';
  /** More arguments of `npm run e2e`. */
  args?: readonly string[];
  /** What it is tried by, if not by all: `prove` takes hours on k3s and has only the default Authentik. */
  steps: readonly Step[];
}

export const allSteps = ['gate', 'suite', 'prove'] as const;
export type Step = (typeof allSteps)[number];

type Change = Omit<Part, 'text'>;

const image = (variable: string, reference: string): Change => {
  if (!/^[\w][\w./-]*:[\w.-]+$/.test(reference)) throw new HarnessError(`"${reference}" is no image with a tag.`);
  return { env: { [variable]: reference }, engine: 'k3s', steps: ['suite'] };
};

function serverAt(path: string): Change {
  accessSync(path, constants.X_OK);
  return { env: { REDIS_SERVER_PATH: path }, steps: ['suite', 'prove'] };
}

/** What is no npm package, by name: what it is given, and what that changes. */
const others: Record<string, { takes: string; change: (value: string) => Change }> = {
  redis: {
    takes: 'the path of a redis-server or valkey-server, or for k3s an image, such as valkey/valkey:8.1',
    change: (value) => (value.startsWith('/') ? serverAt(value) : image('REDIS_IMAGE', value)),
  },
  k3s: { takes: 'a tag of rancher/k3s', change: (tag) => image('K3S_IMAGE', `rancher/k3s:${tag}`) },
  traefik: { takes: 'a tag of traefik, for k3s', change: (tag) => image('TRAEFIK_IMAGE', `traefik:${tag}`) },
  authentik: {
    takes: `a profile of the mock: ${authentikProfiles}`,
    change: (value) => ({ args: ['--authentik', profileOption(value).profile], steps: ['suite'] }),
  },
};

export const partsHelp = `Parts: <npm package>@<version>, also node, or one that another needs; ${Object.entries(others)
  .map(([name, { takes }]) => `${name}=<…>, ${takes}`)
  .join('; ')}.`;

/** @throws HarnessError for a part that there is not. */
export function partOf(text: string): Part {
  const [, other = '', value = ''] = /^([a-z0-9]+)=(.+)$/.exec(text) ?? [];
  if (other !== '') {
    const found = Object.hasOwn(others, other) ? others[other] : undefined;
    if (!found) throw new HarnessError(`There is no part "${other}". ${partsHelp}`);
    try {
      return { text, ...found.change(value) };
    } catch (cause) {
      throw new HarnessError(`${text}: ${(cause as Error).message} It takes ${found.takes}.`, { cause });
    }
  }
  const [, name = '', version = ''] = /^(@?[^@\s]+)@([\w.^~<>=*-]+)$/.exec(text) ?? [];
  if (name === '') throw new HarnessError(`"${text}" names no version. ${partsHelp}`);
  if (!installedPackages().has(name))
    throw new HarnessError(`Nothing here needs ${name}. ${didYouMean(name, [...packages().keys()])}`);
  return {
    text,
    package: { name, version },
    steps: allSteps,
    // The browser of today's Playwright would be used otherwise.
    ...(name === '@playwright/test' && { env: { CHROMIUM_PATH: '', HEADLESS_SHELL_PATH: '' } }),
  };
}

const kinds = ['dependencies', 'devDependencies'] as const;
type Manifest = Partial<Record<(typeof kinds)[number] | 'overrides', Record<string, string>>>;

const manifestsIn = (root: string): Array<[file: string, content: Manifest]> =>
  ['package.json', ...globSync('{apps,fixtures}/*/package.json', { cwd: root })].map((file) => [
    join(root, file),
    JSON.parse(readFileSync(join(root, file), 'utf8')) as Manifest,
  ]);

/** The packages that this repository names, each with its version. */
const packages = (): Map<string, string> =>
  new Map(manifestsIn(repositoryRoot).flatMap(([, its]) => kinds.flatMap((kind) => Object.entries(its[kind] ?? {}))));

/** Those and what they need, by the lock file. */
const installedPackages = (): Set<string> => {
  const lock = readFileSync(join(repositoryRoot, 'package-lock.json'), 'utf8');
  return new Set([...lock.matchAll(/node_modules\/((?:@[^/"]+\/)?[^/"]+)": \{/g)].map(([, name = '']) => name));
};

/** Writes the version of a package where a package.json of a checkout names it, or else what others need overrides it. */
export function setVersion(root: string, { name, version }: NonNullable<Part['package']>): void {
  const isNamed = packages().has(name);
  for (const [index, [file, content]] of manifestsIn(root).entries()) {
    const naming = kinds.flatMap((kind) => (content[kind]?.[name] === undefined ? [] : [content[kind]]));
    if (!isNamed && index === 0) naming.push((content.overrides ??= {}));
    for (const its of naming) its[name] = version;
    if (naming.length > 0) writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
  }
}

/** The code of npm's error when the registry does not answer. */
export const registryFault = (output: string): string | undefined =>
  /npm error code (E(?:CONN|NOTFOUND|AI_AGAIN|TIMEDOUT|NETUNREACH)\w*)/.exec(output)?.[1];

/**
 * The newest version that a version, range or tag stands for, and whether it is installed already.
 * @throws HarnessError when there is none; CannotRunHere when the registry does not answer.
 */
export async function resolveVersion({ name, version }: NonNullable<Part['package']>) {
  const view = (what: string, field: string) =>
    runProgram('npm', ['view', what, field, '--json', '--fetch-retries=1', '--loglevel=error'], {
      cwd: repositoryRoot,
    });
  const { code, stdout, stderr } = await view(`${name}@${version}`, 'version');
  const fault = registryFault(stderr);
  if (fault) throw new CannotRunHere(`The package registry does not answer (${fault}). Try: npm view ${name} version`);
  if (code !== 0 || stdout.trim() === '') {
    const { stdout: tags } = await view(name, 'dist-tags');
    const newest = (JSON.parse(tags || '{}') as { latest?: string }).latest ?? 'none is published';
    throw new HarnessError(`There is no ${name}@${version}. Newest: ${newest}. All: npm view ${name} versions`);
  }
  const found = [JSON.parse(stdout) as string | string[]].flat().at(-1) ?? version;
  const installed = readJson<{ version: string }>(join(repositoryRoot, 'node_modules', name, 'package.json'), 'npm ci');
  return { found, isInstalled: installed?.version === found };
}

/** Prints what `--with` takes. @returns the exit code. */
export async function printNewest(): Promise<number> {
  // It exits with 1 when something is outdated.
  const { stdout, stderr } = await runProgram('npm', ['outdated', '--json'], { cwd: repositoryRoot });
  const outdated = JSON.parse(stdout || '{}') as Record<string, { latest?: string } | Array<{ latest?: string }>>;
  if ('error' in outdated) throw new CannotRunHere(`The package registry does not answer. ${stderr.trim()}`);
  printList([
    ...[...packages()]
      .filter(([, version]) => /\d/.test(version))
      .toSorted()
      .map(([name, version]): [string, string] => {
        const latest = [outdated[name]].flat()[0]?.latest;
        return [name, `${version}${latest === undefined ? '' : `, newest: ${latest}`}`];
      }),
    ...Object.entries(others).map(([name, { takes }]): [string, string] => [`${name}=…`, takes]),
  ]);
  return exitCodes.passed;
}
