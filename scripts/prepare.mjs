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
  printable,
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
  'fleet up': ['redis-server'],
  'fleet open': ['Chromium'],
  bench: [...browsers, 'redis-server'],
};

const contentOf = (/** @type {string} */ file) => readFileSync(join(root, file), 'utf8');

/** Every npm script starts a command of its name. */
const commands = Object.keys(JSON.parse(contentOf('package.json')).scripts);

/** The commands and what they do. The list of README.md is made from their help, so none of them is loaded here. */
export function listOfCommands() {
  const lines = [...contentOf('README.md').matchAll(/^- \[`npm run (\w+)`\]\(\S+\): (.*)$/gm)].map(
    ([, name = '', text = '']) => `  ${name.padEnd(11)}${text.replaceAll(/\[([^\]]+)\]\(\S+?\)/g, '$1')}\n`,
  );
  return `Usage: npx dezky <command> [arguments]\n\n${lines.join('')}\nIts arguments: npx dezky <command> --help`;
}

/**
 * Installs missing tools. Exits with a message when that fails, or when the command does not exist.
 * @param {string} command @param {readonly string[]} args With `--help` it needs no tools.
 * @returns {NodeJS.ProcessEnv} the environment to start the command with
 */
export function prepare(command, args = []) {
  if (!commands.includes(command))
    stop(`There is no command "${printable(command)}". They are: ${commands.join(', ')}.`);
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
