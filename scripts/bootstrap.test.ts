import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Checkout } from './testing/checkout.ts';
import { installEnvironment, isInstalled } from './toolchain.mjs';

const run = (script: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, script), ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};

/** The command `config` of a checkout, as npm starts it. */
const startConfig = ({ folder }: Checkout, env: NodeJS.ProcessEnv) =>
  spawnSync(process.execPath, ['--', 'scripts/bootstrap.mjs', 'config'], { cwd: folder, env, encoding: 'utf8' });

test.each(['runner', ''])('bootstrap refuses "%s", which is no command, and names those there are', (command) => {
  const { status, stderr } = run('bootstrap.mjs', command);
  expect(status).toBe(2);
  expect(stderr).toMatch(`There is no command "${command}". They are: doctor, e2e, test, check, `);
});

test.each([[[]], [['--help']], [['-h']]])('bootstrap lists every npm script with what it does: %j', (args) => {
  const { status, stdout } = run('bootstrap.mjs', ...args);
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object };
  const listed = [...stdout.matchAll(/^ {2}(\w+) +[A-Z][^`[\]\n]+\.$/gm)].map(([, name]) => name);
  expect({ status, listed }).toEqual({ status: 0, listed: Object.keys(scripts) });
});

test.each(['/elsewhere', ''])(
  'modules stay compiled for the next command of this checkout, also with NODE_COMPILE_CACHE=%s',
  (value) => {
    using checkout = new Checkout('installed');
    checkout.addCommand(
      'config',
      `import { getCompileCacheDir } from 'node:module'; console.log(getCompileCacheDir());`,
    );
    const { stdout } = startConfig(checkout, { ...process.env, NODE_COMPILE_CACHE: value });
    expect(stdout).toContain(join(checkout.folder, '.cache/compiled'));
    expect(checkout.files('.cache/compiled').length).toBeGreaterThan(0);
  },
);

test.each<[script: string, ...string[]]>([['doctor.mjs'], ['bootstrap.mjs', 'doctor']])(
  'doctor refuses arguments that it does not know: %s',
  (...start) => {
    expect(run(...start, '--nope')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'doctor takes --fix alone, and was given: --nope. Run: npm run doctor -- --help\n',
    });
  },
);

test('arguments that Node has options of the same name for reach a command', () => {
  // With --help, so that no command looks for a browser.
  const nodeLike = ['--env-file', '/nosuch', '--env-file-if-exists=/x', '--require', './nosuch', '--inspect', '--help'];
  using checkout = new Checkout('installed');
  checkout.addCommand('config', 'console.log(JSON.stringify(process.argv.slice(2)));');
  const { config } = Object.fromEntries(checkout.scripts);
  // Like npm.
  const { stdout, stderr } = spawnSync('sh', ['-c', `${config} "$@"`, 'sh', ...nodeLike], {
    cwd: checkout.folder,
    encoding: 'utf8',
  });
  expect({ stdout, stderr }).toEqual({ stdout: `${JSON.stringify(nodeLike)}\n`, stderr: '' });
});

test.each([
  ['SIGINT', 'SIGINT came.'],
  ['SIGTERM', 'SIGTERM came.'],
] as const)('a command ends when npm alone was given %s, after it has cleaned up', async (signal, why) => {
  using checkout = new Checkout('installed');
  checkout.addCommand(
    'config',
    `import { writeFileSync } from 'node:fs';
    import { interruption } from './command/interruption.ts';
    const work = setInterval(() => {}, 1_000);
    interruption.addEventListener('abort', () => {
      writeFileSync('ended', interruption.reason.message);
      clearInterval(work);
    });
    writeFileSync('running', process.ppid + ' ' + process.pid);`,
  );
  const npm = spawn('npm', ['run', '--silent', 'config'], { cwd: checkout.folder, stdio: 'ignore' });
  await expect.poll(() => checkout.read('running')).toMatch(/^\d+ \d+$/);
  const pids = checkout.read('running').split(' ').map(Number);
  onTestFinished(() => pids.filter(isRunning).forEach((pid) => process.kill(pid, 'SIGKILL')));
  npm.kill(signal);
  await expect.poll(() => checkout.read('ended'), { timeout: 5_000 }).toBe(why);
  await expect.poll(() => pids.filter(isRunning), { timeout: 5_000 }).toEqual([]);
});

describe('npm packages', () => {
  test('are installed by scripts that see no credential', () => {
    using checkout = new Checkout('none');
    checkout.addCommand('config', 'console.log(process.env.SMOKE_PASSWORD);');
    const secrets = {
      SMOKE_USERNAME: 'smoke',
      SMOKE_PASSWORD: 'hunter2',
      KUBECONFIG: '/somewhere/kubeconfig',
      KUBECONFIG_B64: 'aHVudGVyMg==',
      GITHUB_TOKEN: 'hunter2',
      npm_config__authToken: 'hunter2',
      ANYTHING_ELSE: 'hunter2',
    };
    const { stdout } = startConfig(checkout, { ...checkout.withFakeNpm(), ...secrets, HTTPS_PROXY: 'http://proxy:1' });
    expect(stdout, 'what the command itself is given').toBe('hunter2\n');
    const seen = checkout.read('environment-ci');
    expect(seen).toContain('HTTPS_PROXY=http://proxy:1\n');
    expect(seen).toMatch(/^PATH=.+$/m);
    expect(Object.keys(secrets).filter((name) => seen.includes(`${name}=`))).toEqual([]);
  });

  test('that npm has installed by hand are not installed again', () => {
    using checkout = new Checkout('none');
    checkout.addCommand('config', '');
    const env = checkout.withFakeNpm();
    spawnSync('npm', ['ci'], { cwd: checkout.folder, env });
    expect(startConfig(checkout, env)).toMatchObject({ status: 0, stderr: '' });
    expect(checkout.read('calls')).toBe('ci\n');
  });

  const [a, b] = [{ 'node_modules/a': { version: '1' } }, { 'node_modules/b': { version: '1', optional: true } }];
  test.each([
    ['as the lock file has them', { ...a, ...b }, true],
    ['without an optional one', a, true],
    ['in another version', { 'node_modules/a': { version: '2' } }, false],
    ['without one that is needed', b, false],
    ['with one more', { ...a, 'node_modules/c': { version: '1' } }, false],
    ['none', {}, false],
  ])('%s', (_, installed, current) => {
    expect(isInstalled({ '': {}, ...a, ...b }, installed)).toBe(current);
  });

  test('of a private registry: its settings pass, its tokens do not', () => {
    const env = { npm_config_registry: 'https://r', npm_config_cache: '/c', 'npm_config_//r/:_authToken': 't' };
    expect(installEnvironment(env)).toEqual({ npm_config_registry: 'https://r', npm_config_cache: '/c' });
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
