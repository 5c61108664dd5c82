// Gets what a command needs onto this machine. Plain Node >= 20 without dependencies.
// `node -- scripts/prepare.mjs <command>` does only that, for a job that passes credentials to the command but not to
// anything that is installed for it.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  dependenciesAreCurrent,
  ensure,
  hostNodeProblem,
  installEnvironment,
  node24,
  root,
  tools,
} from './toolchain.mjs';

const say = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);

/** Exits with a sentence. 77: this machine lacks something; 2: the harness could not be set up. */
const stop = (/** @type {string} */ sentence, exitCode = 2) => {
  say(sentence);
  process.exit(exitCode);
};

/** The suite needs both: `fixtures/browser.ts` says for what. */
const browsers = ['Chromium headless shell', 'Chromium'];

/** Which tools a command, or its first argument, needs in addition to npm packages; commands that are not listed need none. */
/** @type {Record<string, string[]>} */
const needs = {
  e2e: [...browsers, 'redis-server'],
  test: [...browsers, 'redis-server'],
  prove: [...browsers, 'redis-server'],
  'prove explore': ['redis-server'],
  check: [...browsers, 'redis-server'],
  rehearse: [...browsers, 'redis-server'],
  repro: [...browsers, 'redis-server'],
  'authentik examples': browsers,
  fleet: ['redis-server'],
  'fleet open': ['Chromium'],
  bench: [...browsers, 'redis-server'],
  // Only a test user signs in, and only with a browser.
  smoke: process.env.SMOKE_USERNAME ? browsers : [],
  deploy: process.env.SMOKE_USERNAME ? browsers : [],
};

/** The commands that npm scripts start through bootstrap.mjs. */
const commands = Object.values(
  /** @type {Record<string, string>} */ (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts),
).flatMap((command) => /^exec node -- scripts\/bootstrap\.mjs (\S+)$/.exec(command)?.[1] ?? []);

/**
 * Installs missing tools. Exits with a message when that fails, or when the command does not exist.
 * @param {string} command @param {readonly string[]} args With `--help` it needs no tools.
 * @returns {NodeJS.ProcessEnv} the environment to start the command with
 */
export function prepare(command, args = []) {
  if (!commands.includes(command)) stop(`There is no command "${command}". They are: ${commands.join(', ')}.`);
  const tooOld = hostNodeProblem();
  if (tooOld) stop(tooOld, 77);
  if (!dependenciesAreCurrent()) installDependencies();
  const env = { ...process.env, PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}` };
  const isHelp = args.some((argument) => argument === '--help' || argument === '-h');
  const needed = isHelp ? [] : (needs[`${command} ${args[0]}`] ?? needs[command] ?? []);
  for (const tool of tools.filter(({ name }) => needed.includes(name))) {
    const { path, problem } = ensure(tool, say);
    if (!path) stop(problem ?? '', 77);
    Object.assign(env, { [tool.setting]: path });
  }
  return env;
}

/** Installs npm packages. Exits with a message when that fails. */
export function installDependencies() {
  say('Installing npm packages …');
  const install = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    env: installEnvironment(),
    stdio: ['ignore', 2, 2],
  });
  if (install.status !== 0) stop('npm ci failed (see above). Correct what it names and run this again.');
  if (!existsSync(node24)) stop('npm ci left no Node 24 behind. Run `npm rebuild node` and this again.');
}

const [, started = '', command = ''] = process.argv;
if (realpathSync(started) === fileURLToPath(import.meta.url)) prepare(command);
