// `node scripts/bootstrap.mjs <verb> [arguments]`: gets what the verb needs onto this machine, then runs it on Node 24.
// Plain Node >= 20 without dependencies; a machine that has everything is through in well under a second.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import {
  dependenciesAreCurrent,
  ensure,
  hostNodeProblem,
  markDependenciesCurrent,
  node24,
  root,
  tools,
} from './toolchain.mjs';

const say = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);

/** Ends with a sentence. 77: this machine lacks something; 2: the harness could not be set up. */
const stop = (/** @type {string} */ sentence, exitCode = 2) => {
  say(sentence);
  process.exit(exitCode);
};

/** Which tools a verb needs besides npm packages; a verb that is not here needs none. */
/** @type {Record<string, string[]>} */
const needs = {
  e2e: ['Chromium', 'redis-server'],
  test: ['Chromium', 'redis-server'],
  prove: ['Chromium', 'redis-server'],
  check: ['redis-server'],
  repro: ['Chromium', 'redis-server'],
  fleet: ['redis-server'],
  bench: ['redis-server'],
  // Only a test user signs in, and only with a browser.
  smoke: process.env.SMOKE_USERNAME ? ['Chromium'] : [],
  deploy: process.env.SMOKE_USERNAME ? ['Chromium'] : [],
};

const [verb = '', ...args] = process.argv.slice(2);
const verbs = verbsOf(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts);
if (!verbs.includes(verb)) stop(`There is no verb "${verb}". They are: ${verbs.join(', ')}.`);

/** The verbs that npm scripts start by this very file. @param {Record<string, string>} scripts */
function verbsOf(scripts) {
  return Object.values(scripts).flatMap((command) => /^node scripts\/bootstrap\.mjs (\S+)$/.exec(command)?.[1] ?? []);
}

const tooOld = hostNodeProblem();
if (tooOld) stop(tooOld, 77);

if (!dependenciesAreCurrent()) {
  say('Installing npm packages …');
  const install = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (install.status !== 0) stop('npm ci failed (see above). Correct what it names and run this again.');
  if (!existsSync(node24)) stop('npm ci left no Node 24 behind. Run `npm rebuild node` and this again.');
  markDependenciesCurrent();
}

const env = { ...process.env, PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}` };
const wantsHelp = args.some((argument) => argument === '--help' || argument === '-h');
for (const tool of tools.filter((candidate) => !wantsHelp && needs[verb]?.includes(candidate.name))) {
  const { path, problem } = ensure(tool, say);
  if (!path) stop(problem ?? '', 77);
  Object.assign(env, { [tool.setting]: path });
}

// The verb handles signals: a Ctrl-C reaches it directly, and this process only waits for its clean-up. By the end of
// the channel it knows that this process was killed, and cleans up as well.
const child = spawn(node24, [join(root, 'scripts', `${verb}.ts`), ...args], {
  cwd: root,
  env: { ...env, DEZKY_ENDS_WITH_PARENT: '1' },
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
