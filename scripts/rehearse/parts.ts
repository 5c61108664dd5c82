import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'node:fs';
import { didYouMean } from '../../fleet/did-you-mean.ts';
import { CannotRunHere, exitCodes, HarnessError } from '../../fleet/errors.ts';
import { runProgram } from '../../fleet/programs.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { authentikProfiles } from '../command/authentik-option.ts';
import { printList } from '../command/output.ts';
import { readJson } from '../runner/reports.ts';

/** A part of the fleet in another version. */
export interface Part {
  /** As it was given. */
  text: string;
  /** An npm package with its version or range. */
  package?: { name: string; version: string };
  /** Variables of the commands that start fleets. */
  env?: Record<string, string>;
  /** Arguments of `npm run e2e`, which `npm run prove` has as well. */
  args?: readonly string[];
  /** What `npm run prove` cannot have. */
  suiteArgs?: readonly string[];
}

const onK3s = ['--engine', 'k3s'];
const image = (variable: string, repository: string) => (version: string) => ({
  env: { [variable]: `${repository}:${version}` },
  args: onK3s,
});

/** What is no npm package, by name: what it is given, and what that changes. */
const others: Record<string, { takes: string; change: (value: string) => Omit<Part, 'text'> }> = {
  redis: {
    takes: 'the path of a redis-server or valkey-server, or for k3s an image, such as valkey/valkey:8.1',
    change: (value) =>
      value.startsWith('/') ? { env: { REDIS_SERVER_PATH: value } } : { env: { REDIS_IMAGE: value }, args: onK3s },
  },
  k3s: { takes: 'a tag of rancher/k3s', change: image('K3S_IMAGE', 'rancher/k3s') },
  traefik: { takes: 'a tag of traefik, for k3s', change: image('TRAEFIK_IMAGE', 'traefik') },
  authentik: {
    takes: `a profile of the mock: ${authentikProfiles}`,
    change: (value) => ({ suiteArgs: ['--authentik', value] }),
  },
};

export const partsHelp = `Parts: <npm package>@<version>, also node, or one that another needs; ${Object.entries(others)
  .map(([name, { takes }]) => `${name}=<…>, ${takes}`)
  .join('; ')}.`;

/** @throws HarnessError for a part that there is not. */
export function partOf(text: string): Part {
  const [, other = '', value = ''] = /^([a-z0-9]+)=(.+)$/.exec(text) ?? [];
  if (other !== '') {
    const found = others[other];
    if (!found) throw new HarnessError(`There is no part "${other}". ${didYouMean(other, Object.keys(others))}`);
    if (value.startsWith('/') && !existsSync(value)) throw new HarnessError(`There is no ${value}. Correct ${text}.`);
    return { text, ...found.change(value) };
  }
  const [, name = '', version = ''] = /^(@?[^@\s]+)@([\w.^~<>=*-]+)$/.exec(text) ?? [];
  if (name === '') throw new HarnessError(`"${text}" names no version. ${partsHelp}`);
  const installed = installedPackages();
  if (!installed.has(name)) throw new HarnessError(`Nothing here needs ${name}. ${didYouMean(name, [...installed])}`);
  return { text, package: { name, version } };
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

/**
 * Whether this version of a package is installed already.
 * @throws HarnessError when there is no such version; CannotRunHere when the registry does not answer.
 */
export async function checkVersion({ name, version }: NonNullable<Part['package']>): Promise<boolean> {
  const view = (what: string, field: string) =>
    runProgram('npm', ['view', what, field, '--json', '--fetch-retries=1'], { cwd: repositoryRoot });
  const { code, stdout, stderr } = await view(`${name}@${version}`, 'version');
  if (code === 0 && stdout.trim() !== '') {
    const installed = readJson<{ version: string }>(
      join(repositoryRoot, 'node_modules', name, 'package.json'),
      'npm ci',
    );
    return JSON.parse(stdout) === installed?.version;
  }
  const reason = /npm error code (\w+)/.exec(stderr)?.[1] ?? '';
  if (reason !== '' && !/^(?:E404|ETARGET|EINVALIDTAGNAME)$/.test(reason))
    throw new CannotRunHere(`The package registry does not answer (${reason}). Try: npm view ${name} version`);
  const { stdout: tags } = await view(name, 'dist-tags');
  throw new HarnessError(
    `There is no ${name}@${version}. Newest: ${tags.replaceAll(/[\s{}"]+/g, ' ').trim()}. All: npm view ${name} versions`,
  );
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
