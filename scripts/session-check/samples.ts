// Checks the samples as their owners would: `node scripts/session-check/samples.ts [names...]`. Each is installed in
// a folder of its own, outside the repository, beside the packed package; correct, nothing may be broken, and with its bug the claim
// that samples.json names must be.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { startAuthentik } from '../../fixtures/authentik/index.ts';
import { quoted } from '../../fleet/quoted.ts';
import { duration } from '../../fleet/duration.ts';
import { exitCodes, HarnessError } from '../../fleet/errors.ts';
import { runProgram } from '../../fleet/programs.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { temporaryFolder } from '../../fleet/run/temporary-folder.ts';
import { interruption } from '../command/interruption.ts';
import { progress, runCommand } from '../command/run-command.ts';
import { pack } from './pack.ts';

/** A provider that is no part of the check: the mock, in a process of the samples. */
const own = { slug: 'own', clientSecret: 'secret-of-the-samples', user: { username: 'ada', password: 'pw-ada' } };

interface Sample {
  name: string;
  folder: string;
  build?: string;
  start: string;
  arguments: readonly string[];
  /** It is checked with a provider of its own, too. */
  ownProvider?: boolean;
  bug: { env?: Readonly<Record<string, string>>; arguments?: readonly string[]; claim: string };
}

const samples = JSON.parse(
  readFileSync(join(repositoryRoot, 'fixtures/sample-apps/samples.json'), 'utf8'),
) as readonly Sample[];

/** With the Node that runs this. */
const PATH = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);

async function run(cwd: string, line: string) {
  const { code, output } = await runProgram('/bin/sh', ['-c', line], {
    cwd,
    env: { ...process.env, PATH, INIT_CWD: cwd },
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

const brokenIn = (output: string): string[] =>
  [...output.matchAll(/^(?:broken|unproven) +(\S+)/gm)].map(([, claim = '']) => claim);

/** @returns what is wrong, in sentences. */
async function trySample(
  { name, folder, build, start, arguments: args, bug, ownProvider }: Sample,
  tool: string,
  root: string,
) {
  const place = join(root, name);
  const isSource = (path: string) => !['node_modules', '.next', '.nuxt', '.output'].includes(basename(path));
  cpSync(join(repositoryRoot, folder), place, { recursive: true, filter: isSource });
  await must(place, 'npm install --ignore-scripts --no-audit --no-fund');
  if (build !== undefined) await must(place, build);
  const check = async (what: string, options: readonly string[]) => {
    const startedAt = performance.now();
    const { code, output } = await run(
      place,
      `${quoted(tool)} ${['--start', start, ...options].map(quoted).join(' ')}`,
    );
    const broken = brokenIn(output);
    progress(
      `${name}, ${what}: exit ${code}, broken: ${broken.join(', ') || 'nothing'} (${duration(performance.now() - startedAt)})`,
    );
    return { code, broken, output };
  };
  const correct = await check('correct', args);
  const env = Object.entries(bug.env ?? {}).flatMap(([variable, value]) => ['--env', `${variable}=${value}`]);
  const faulty = await check(`with its bug, only ${bug.claim}`, [
    ...(bug.arguments ?? args),
    ...env,
    '--only',
    bug.claim,
  ]);
  const withOwn = ownProvider && (await withOwnProvider(place, () => check('with a provider of its own', args)));
  return [
    ...(!withOwn || (withOwn.code === exitCodes.passed && /^proved +tabs/m.test(withOwn.output))
      ? []
      : [`${name} has a provider of its own, and the check ended with ${withOwn.code}:\n${withOwn.output}`]),
    ...(correct.code === exitCodes.passed
      ? []
      : [`${name} is correct, and the check ended with ${correct.code}:\n${correct.output}`]),
    ...(faulty.code === exitCodes.productFailed && faulty.broken.includes(bug.claim)
      ? []
      : [`${name} has a bug that ${bug.claim} must see, and the check ended with ${faulty.code}:\n${faulty.output}`]),
  ];
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
  const names = process.argv.slice(2);
  const unknown = names.find((name) => !samples.some((sample) => sample.name === name));
  if (unknown !== undefined)
    throw new HarnessError(`There is no sample "${unknown}". They are: ${samples.map(({ name }) => name).join(', ')}.`);
  using folder = temporaryFolder('session-check-samples');
  const root = folder.path;
  await pack(join(root, 'package'));
  await must(root, 'npm pack --silent ./package');
  const [tarball = ''] = (await run(root, 'ls *.tgz')).output.trim().split('\n');
  await must(root, `npm install --ignore-scripts --no-audit --no-fund ${quoted(`./${tarball}`)}`);
  const wrong: string[] = [];
  for (const sample of samples.filter(({ name }) => names.length === 0 || names.includes(name)))
    wrong.push(...(await trySample(sample, join(root, 'node_modules/.bin/session-check'), root)));
  for (const sentence of wrong) console.log(sentence);
  return wrong.length > 0 ? exitCodes.productFailed : exitCodes.passed;
});
