// Checks the samples as their owners would (`node scripts/session-check/samples.ts --help`). Each is installed in a folder of its
// own, outside the repository, beside the packed package; correct, nothing may be broken, and with each of its bugs the claim
// that samples.json names must be.
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import { startAuthentik } from '../../fixtures/authentik/index.ts';
import { quoted } from '../../fleet/quoted.ts';
import { duration } from '../../fleet/duration.ts';
import { exitCodes, HarnessError } from '../../fleet/errors.ts';
import { commonImages, imageReference } from '../../fleet/manifests/images.ts';
import { runProgram } from '../../fleet/programs.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { temporaryFolder } from '../../fleet/run/temporary-folder.ts';
import { commandLine, positiveNumber } from '../command/command-line.ts';
import { interruption } from '../command/interruption.ts';
import { progress, runCommand } from '../command/run-command.ts';
import { pack } from './pack.ts';

/** A provider that is no part of the check: the mock, in a process of the samples. */
const own = { slug: 'own', clientSecret: 'secret-of-the-samples', user: { username: 'ada', password: 'pw-ada' } };

interface Way {
  arguments: readonly string[];
  bugs: ReadonlyArray<{ env: Readonly<Record<string, string>>; claim: string }>;
}

interface Sample extends Way {
  name: string;
  folder: string;
  build?: string;
  start: string;
  /** It is checked with a provider of its own, and with specs of its own, too. */
  hasOwn?: boolean;
  /** It has manifests, and a Dockerfile. */
  k3s?: Way;
}

const samples = JSON.parse(
  readFileSync(join(repositoryRoot, 'fixtures/sample-apps/samples.json'), 'utf8'),
) as readonly Sample[];

async function run(cwd: string, line: string) {
  const { code, output } = await runProgram('/bin/sh', ['-c', line], {
    cwd,
    env: { ...process.env, INIT_CWD: cwd },
    abort: interruption,
  });
  interruption.throwIfAborted();
  return { code, output };
}

async function must(cwd: string, line: string): Promise<void> {
  const { code, output } = await run(cwd, line);
  if (code !== 0)
    throw new HarnessError(`${line} in ${cwd} ended with ${code}:\n${output.split('\n').slice(-15).join('\n')}`);
}

const brokenIn = (output: string): string[] => [...output.matchAll(/^broken +(\S+)/gm)].map(([, claim = '']) => claim);

async function buildImage(folder: string, name: string): Promise<void> {
  // Loaded on first use: without k3s nobody needs Docker.
  const docker = await (await import('../../fleet/engines/docker/docker.ts')).Docker.connect();
  const { node } = commonImages;
  const base = imageReference(node);
  await docker.provide([{ reference: base, overrideEnv: node.overrideEnv }], progress);
  await docker.build(folder, readdirSync(folder), name, { NODE_IMAGE: base });
}

/** @returns what is wrong, in sentences. */
async function trySample(
  sample: Sample,
  { tool, root, onK3s, soak }: { tool: string; root: string; onK3s: boolean; soak: number | undefined },
) {
  const { name, folder, build, start, hasOwn } = sample;
  const place = join(root, name);
  const isSource = (path: string) => !['node_modules', '.next', '.nuxt', '.output'].includes(basename(path));
  cpSync(join(repositoryRoot, folder), place, { recursive: true, filter: isSource });
  await must(place, 'npm install --ignore-scripts --no-audit --no-fund');
  if (build !== undefined) await must(place, build);
  const image = `sample/${name}:check`;
  if (onK3s) await buildImage(place, image);
  const { arguments: args, bugs } = (onK3s && sample.k3s) || sample;
  const basis = onK3s ? ['--engine', 'k3s', '--image', image] : ['--start', start];
  const wrong: string[] = [];
  /** @param isRight of the claims that are broken, and of the exit code. */
  const check = async (
    what: string,
    options: readonly string[],
    isRight: (seen: { code: number | null; broken: readonly string[]; output: string }) => boolean,
  ) => {
    const startedAt = performance.now();
    const { code, output } = await run(place, [tool, ...basis, ...options].map(quoted).join(' '));
    const broken = brokenIn(output);
    const took = duration(performance.now() - startedAt);
    progress(`${name}, ${what}: exit ${code}, broken: ${broken.join(', ') || 'nothing'} (${took})`);
    if (!isRight({ code, broken, output })) wrong.push(`${name}, ${what}: that is wrong. The check said:\n${output}`);
  };
  for (let round = 1; round <= (soak ?? 1); round += 1)
    await check('correct', args, ({ code }) => code === exitCodes.passed);
  if (soak !== undefined) return wrong;
  for (const { env, claim } of bugs) {
    const assignments = Object.entries(env).map(([variable, value]) => `${variable}=${value}`);
    await check(
      `with ${assignments.join(' ')}, only ${claim}`,
      [...args, ...assignments.flatMap((each) => ['--env', each]), '--only', claim],
      ({ code, broken }) => code === exitCodes.productFailed && broken.includes(claim),
    );
  }
  if (onK3s || !hasOwn) return wrong;
  const own = () =>
    check(
      'with a provider of its own',
      args,
      ({ code, output }) => code === exitCodes.passed && /^proved +tabs/m.test(output),
    );
  await withOwnProvider(place, own);
  const { code, output } = await runOwnSpecs(place, tool, [...basis, ...args]);
  return code === 0 ? wrong : [...wrong, `${name}: its spec failed with its own Playwright:\n${output}`];
}

/** Runs what `init` writes with Playwright, as an owner would who has other specs, too. */
async function runOwnSpecs(place: string, tool: string, options: readonly string[]) {
  await must(place, [tool, 'init', ...options].map(quoted).join(' '));
  const result = await run(place, `${quoted(join(dirname(tool), 'playwright'))} test`);
  progress(`${basename(place)}, the spec that init wrote: exit ${result.code}`);
  return result;
}

/** Writes what an owner of a provider would, and starts one. */
async function withOwnProvider<T>(place: string, work: () => Promise<T>): Promise<T> {
  const { slug, clientSecret, user } = own;
  const anyPage = { matching: 'regex', url: String.raw`https://app\.session-check\.test/.*` } as const;
  await using authentik = await startAuthentik({
    providers: [
      {
        slug,
        clientSecret,
        redirectUris: (['authorization', 'logout'] as const).map((type) => ({ type, ...anyPage })),
        invalidationFlow: 'full',
      },
    ],
    users: [user],
  });
  const issuer = `${authentik.url.replace('127.0.0.1', 'localhost')}/application/o/${slug}/`;
  const provider = { issuer, clientId: slug, clientSecret, users: [user], signIn: 'sign-in.mjs' };
  writeFileSync(join(place, 'sign-in.mjs'), logIn);
  writeFileSync(join(place, 'session-check.config.mjs'), `export default ${JSON.stringify({ provider })};`);
  return await work();
}

const logIn = `export default async (page, { username, password }) => {
  await page.fill('input[name="uidField"]', username);
  await page.click('button[type="submit"]');
  await page.fill('input[name="password"]', password);
  await page.click('button[type="submit"]');
};
`;

await runCommand(async () => {
  const command = commandLine('samples', 'node scripts/session-check/samples.ts')
    .description('Checks the samples with the packed package: all of them, or those that are named.')
    .argument('[names...]')
    .option('--k3s', 'on k3s, those that have manifests (default: as processes)')
    .option('--node <folder>', 'has the `node` of the owners', dirname(process.execPath))
    .option('--soak <times>', 'check each so often, correct and complete, and none of its bugs', positiveNumber)
    .parse();
  const { args: names } = command;
  const { k3s: onK3s = false, node, soak } = command.opts<{ k3s?: true; node: string; soak?: number }>();
  process.env['PATH'] = [resolve(node), process.env['PATH'] ?? ''].join(delimiter);
  const unknown = names.find((name) => !samples.some((sample) => sample.name === name));
  if (unknown !== undefined)
    throw new HarnessError(`There is no sample "${unknown}". They are: ${samples.map(({ name }) => name).join(', ')}.`);
  using folder = temporaryFolder('session-check-samples');
  const root = folder.path;
  const { peerDependencies } = await pack(join(root, 'package'));
  await must(root, 'npm pack --silent ./package');
  const [tarball = ''] = (await run(root, 'ls *.tgz')).output.trim().split('\n');
  await must(root, `npm install --ignore-scripts --no-audit --no-fund ${quoted(`./${tarball}`)}`);
  if (onK3s) {
    const optional = Object.entries(peerDependencies).map(([name, version]) => quoted(`${name}@${version}`));
    await must(root, `npm install --ignore-scripts --no-audit --no-fund ${optional.join(' ')}`);
  }
  const wrong: string[] = [];
  const chosen = samples.filter(({ name, k3s }) => (names.length === 0 || names.includes(name)) && (!onK3s || k3s));
  const tool = join(root, 'node_modules/.bin/session-check');
  for (const sample of chosen) wrong.push(...(await trySample(sample, { tool, root, onK3s, soak })));
  for (const sentence of wrong) console.log(sentence);
  return wrong.length > 0 ? exitCodes.productFailed : exitCodes.passed;
});
