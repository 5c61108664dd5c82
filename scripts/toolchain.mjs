// Tools that the harness needs in addition to npm packages, as data: where each is searched and how it is installed.
// Plain Node without dependencies: this runs before anything is installed.
import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, stripVTControlCharacters } from 'node:util';

/** What was typed, without the control characters of terminals. @param {string} text */
export const printable = (text) => stripVTControlCharacters(text).replaceAll(/\p{Cc}+/gu, ' ');

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} name @returns {string | undefined} */
export const onPath = (name) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find(isExecutable);

/** The variables that an installer needs: the user, the locale, and the network settings. */
const neededToInstall = [
  /^(PATH|HOME|USER|LOGNAME|SHELL|TERM|CI|TMPDIR|LANG|DEBIAN_FRONTEND)$/,
  /^(LC|XDG)_/,
  /^(https?|no|all)_proxy$/i,
  /^(NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR)$/,
  /^PLAYWRIGHT_(BROWSERS_PATH|DOWNLOAD_HOST)$/,
  /^npm_config_(?!.*(auth|token|passw|secret|key|cert))/i,
];

/**
 * The environment for installers. Install scripts are third-party code, so they get no credentials, whatever their
 * variable is called.
 * @param {NodeJS.ProcessEnv} env @returns {NodeJS.ProcessEnv}
 */
export const installEnvironment = (env = process.env) =>
  Object.fromEntries(Object.entries(env).filter(([name]) => neededToInstall.some((pattern) => pattern.test(name))));

/** @param {string} command @param {string[]} args */
function install(command, args) {
  const env = installEnvironment();
  return spawnSync(command, args, { cwd: root, env, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
}

/** Where `playwright install` puts the browser. @returns {string | undefined} */
function playwrightChromium() {
  try {
    const { chromium } = createRequire(join(root, 'package.json'))('@playwright/test');
    return chromium.executablePath();
  } catch {
    return undefined; // Before `npm ci` there is no Playwright that could be asked.
  }
}

/** The headless shell of the same installation, which is in a folder beside that of the browser. */
function playwrightHeadlessShell() {
  const browser = /^(.*)[\\/]chromium-(\d+)[\\/]/.exec(playwrightChromium() ?? '');
  const folder = browser ? join(browser[1] ?? '', `chromium_headless_shell-${browser[2]}`) : '';
  if (!existsSync(folder)) return undefined;
  return /** @type {string[]} */ (readdirSync(folder, { recursive: true }))
    .filter((name) => /^(chrome-headless-shell|headless_shell)(\.exe)?$/.test(basename(name)))
    .map((name) => join(folder, name))
    .find(isExecutable);
}

/** @param {string} browser */
const fromPlaywright = (browser) => ({
  title: `playwright install ${browser}`,
  possible: () => existsSync(join(root, 'node_modules/.bin/playwright')),
  get: () => install(process.execPath, [join(root, 'node_modules/@playwright/test/cli.js'), 'install', browser]),
});

/** @param {string} aptPackage */
const fromDistribution = (aptPackage) => ({
  title: `apt-get install ${aptPackage}`,
  possible: () => process.getuid?.() === 0 && onPath('apt-get') !== undefined,
  get: () => {
    install('apt-get', ['update', '-qq']);
    return install('apt-get', ['install', '-y', '-qq', '--no-install-recommends', aptPackage]);
  },
});

/**
 * @typedef {{ title: string, possible: () => boolean, get: () => { path?: string, stderr?: string | null } }} Source
 * @typedef {{ name: string, setting: string, usedFor: string, names: string[], elsewhere?: () => string | undefined,
 *   sources: Source[], byHand: string }} Tool
 */

/** @type {Tool} */
const chromium = {
  name: 'Chromium',
  setting: 'CHROMIUM_PATH',
  usedFor: 'the suite and `npm run fleet -- open`',
  names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  elsewhere: playwrightChromium,
  sources: [fromPlaywright('chromium'), fromDistribution('chromium')],
  byHand: 'sudo apt-get install chromium, or set CHROMIUM_PATH to a Chromium or Chrome executable',
};

/** @type {Tool[]} */
export const tools = [
  chromium,
  {
    // Needs half the CPU of the browser with a window: docs/benchmarks.md.
    name: 'Chromium headless shell',
    setting: 'HEADLESS_SHELL_PATH',
    usedFor: 'the suite',
    names: ['chromium-headless-shell', 'chrome-headless-shell'],
    elsewhere: playwrightHeadlessShell,
    sources: [
      fromPlaywright('chromium-headless-shell'),
      fromDistribution('chromium-headless-shell'),
      {
        title: 'the whole Chromium, which is slower',
        possible: () => true,
        get: () => {
          const { path, problem } = ensure(chromium, () => {});
          return path ? { path } : { stderr: problem ?? '' };
        },
      },
    ],
    byHand: 'sudo apt-get install chromium-headless-shell, or set HEADLESS_SHELL_PATH to it or to another Chromium',
  },
  {
    name: 'redis-server',
    setting: 'REDIS_SERVER_PATH',
    usedFor: 'the session store of a local fleet',
    names: ['redis-server', 'valkey-server'],
    sources: [
      fromDistribution('redis-server'),
      {
        title: 'redis-server in a container',
        possible: () =>
          onPath('docker') !== undefined && spawnSync('docker', ['info'], { stdio: 'ignore' }).status === 0,
        get: () => ({ path: join(root, 'scripts/redis-in-docker.sh') }),
      },
    ],
    byHand:
      'sudo apt-get install redis-server, or brew install redis, or set REDIS_SERVER_PATH to a redis-server executable',
  },
];

/**
 * Where a tool is on this machine. Searched in this order: its setting, PATH, elsewhere.
 * @param {Tool} tool @returns {{ path?: string, from?: string, problem?: string }}
 */
export function locate(tool) {
  const set = process.env[tool.setting];
  if (set) {
    return isExecutable(set)
      ? { path: set, from: tool.setting }
      : { problem: `${tool.setting}=${set} is not an executable file. Correct it, or unset it to let it be found.` };
  }
  const found = tool.names.map(onPath).find(Boolean);
  if (found) return { path: found, from: 'PATH' };
  const elsewhere = tool.elsewhere?.();
  return elsewhere && isExecutable(elsewhere) ? { path: elsewhere, from: 'playwright' } : {};
}

/**
 * Locates a tool, getting it from the first source that works if it is not here.
 * @param {Tool} tool @param {(line: string) => void} say @returns {{ path?: string, from?: string, problem?: string }}
 */
export function ensure(tool, say) {
  const here = locate(tool);
  if (here.path || here.problem) return here;
  const failures = [];
  for (const source of tool.sources.filter((candidate) => candidate.possible())) {
    say(`${tool.name} is not here: ${source.title} …`);
    const result = source.get();
    const got = locate(tool);
    if (got.path) return { ...got, from: source.title };
    if (result.path) return { path: result.path, from: source.title };
    failures.push(`${source.title} failed${result.stderr ? ` (${lastLine(result.stderr)})` : ''}`);
  }
  const tried = failures.length > 0 ? ` ${failures.join('; ')}.` : '';
  return { problem: `${tool.name} is missing, and ${tool.usedFor} need it.${tried} Get it with: ${tool.byHand}.` };
}

/** @param {string} text */
const lastLine = (text) => text.trim().split('\n').at(-1)?.slice(0, 160) ?? '';

/** @param {string} path @returns {string} the first line that `--version` prints */
export function version(path) {
  try {
    return (
      execFileSync(path, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
        .trim()
        .split('\n')[0] ?? ''
    );
  } catch {
    return 'does not answer --version';
  }
}

/** The Node that the harness runs on: the npm package `node`. */
export const node24 = join(root, 'node_modules/node/bin/node');

/** @returns {string | undefined} a sentence when this Node is too old to start the harness */
export const hostNodeProblem = () =>
  Number.parseInt(process.versions.node) >= 20
    ? undefined
    : `Node ${process.version} is too old: install Node 20 or newer (https://nodejs.org) and run this again.`;

/** @typedef {{ optional?: boolean, devOptional?: boolean, version?: string }} Locked */

/**
 * Whether npm's record of an installation (`node_modules/.package-lock.json`, its last step) matches the lock file.
 * Optional packages for other machines are left out.
 * @param {Record<string, Locked>} locked @param {Record<string, Locked>} installed by path, as `packages` in both files
 */
export function isInstalled(locked, installed) {
  const { '': _project, ...wanted } = locked;
  const matchesLockFile = Object.entries(wanted).every(([path, one]) =>
    path in installed ? isDeepStrictEqual(installed[path], one) : one.optional || one.devOptional,
  );
  return matchesLockFile && Object.keys(installed).every((path) => path in wanted);
}

/** @param {string} file @returns {Record<string, Locked> | undefined} */
function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  } catch {
    return undefined; // Not installed, or interrupted.
  }
}

/** @returns {boolean} */
export function dependenciesAreCurrent() {
  const [locked, installed] = [packagesIn('package-lock.json'), packagesIn('node_modules/.package-lock.json')];
  return existsSync(node24) && locked !== undefined && installed !== undefined && isInstalled(locked, installed);
}
