import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { scratchFolder } from '../fleet/testing.ts';
import { Checkout } from './testing/checkout.ts';

const script = join(import.meta.dirname, 'deploy-job.sh');
const kubeconfig = 'apiVersion: v1\nkind: Config\ncurrent-context: ci-deployer\n';
const sound = {
  KUBECONFIG_B64: Buffer.from(kubeconfig).toString('base64'),
  GITHUB_SHA: '4f0b1c8d2e6a9f3b5c7d1e0f2a4b6c8d0e1f3a5b',
};
const deploying = `run deploy -- --sha ${sound.GITHUB_SHA} --context ci-deployer --rollback-on-failure`;

/** A stub of npm: it records its arguments and the file at KUBECONFIG, and exits with the configured code. */
const npm = `#!/bin/sh
echo "$@" >> "$TEST_FOLDER/calls"
cp -p "$KUBECONFIG" "$TEST_FOLDER/kubeconfig"
env | grep -c KUBECONFIG_B64 >> "$TEST_FOLDER/leaks"
exit "$ENDS_WITH"
`;

let folder: string;
beforeEach(() => {
  folder = scratchFolder();
  writeFileSync(join(folder, 'npm'), npm);
  chmodSync(join(folder, 'npm'), 0o755);
});

const environment = (): NodeJS.ProcessEnv => ({
  ...sound,
  PATH: `${folder}:${process.env['PATH']}`,
  TEST_FOLDER: folder,
  TMPDIR: folder,
});

function run(change: Record<string, string | undefined> = {}, endsWith = 0, args: string[] = []) {
  const env = { ...environment(), ...change, ENDS_WITH: String(endsWith) };
  const { status, stderr } = spawnSync('sh', [script, ...args], { env, encoding: 'utf8' });
  const calls = existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n') : [];
  return { status, stderr, calls };
}
const leftBehind = (): string[] => readdirSync(folder).filter((name) => name.startsWith('tmp.'));

test('deploys with the kubeconfig in a file that is gone afterwards', () => {
  const { status, calls } = run();
  expect(status).toBe(0);
  expect(calls).toEqual([deploying]);
  expect(readFileSync(join(folder, 'kubeconfig'), 'utf8')).toBe(kubeconfig);
  expect(spawnSync('stat', ['-c', '%a', join(folder, 'kubeconfig')], { encoding: 'utf8' }).stdout.trim()).toBe('600');
  expect(readFileSync(join(folder, 'leaks'), 'utf8')).toBe('0\n');
  expect(leftBehind()).toEqual([]);
});

test('installs before there is a kubeconfig, and by scripts that see no credential', () => {
  using checkout = new Checkout('none');
  checkout.addCommand('deploy', '');
  const secrets = { ...sound, SMOKE_PASSWORD: 'hunter2' };
  const { status, stderr } = spawnSync('sh', ['scripts/deploy-job.sh'], {
    cwd: checkout.folder,
    env: { ...checkout.withFakeNpm(), ...secrets, TMPDIR: folder },
    encoding: 'utf8',
  });
  expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining('Installing npm packages') });
  expect(checkout.read('calls').split('\n').slice(0, 1)).toEqual(['ci --no-audit --no-fund --loglevel=error']);
  const [installing, deploying] = ['ci', 'run'].map((name) => checkout.read(`environment-${name}`));
  expect(installing, 'what the install scripts see').toMatch(/^PATH=/m);
  expect(installing).not.toMatch(/KUBECONFIG|SMOKE_PASSWORD/);
  expect(deploying, 'what the deploy sees').toMatch(/^KUBECONFIG=/m);
});

test('passes arguments on', () => {
  expect(run({}, 0, ['--header', 'x-gate: a b']).calls).toEqual([`${deploying} --header x-gate: a b`]);
});

test.each([1, 2, 77])('a deploy that ends with %i ends the job so, and leaves nothing behind either', (code) => {
  expect(run({}, code)).toMatchObject({ status: code });
  expect(leftBehind()).toEqual([]);
});

test('a job that is cancelled ends the deploy, waits for it, and leaves nothing behind', async () => {
  // Like npm with the command it runs: it ends when that has ended.
  writeFileSync(
    join(folder, 'npm'),
    `#!/bin/sh
trap 'echo ended >> "$TEST_FOLDER/calls"; exit 130' TERM
echo begun >> "$TEST_FOLDER/calls"
while :; do sleep 0.05; done
`,
  );
  const job = spawn('sh', [script], { env: environment(), stdio: 'ignore' });
  const ended = once(job, 'exit');
  await expect.poll(() => existsSync(join(folder, 'calls'))).toBe(true);
  expect(leftBehind()).toHaveLength(1);
  job.kill('SIGTERM');
  expect(await ended).toEqual([130, null]);
  expect(readFileSync(join(folder, 'calls'), 'utf8')).toBe('begun\nended\n');
  expect(leftBehind()).toEqual([]);
});

describe('what is missing is named before anything is done', () => {
  test.each(Object.keys(sound))('%s', (name) => {
    for (const value of [undefined, '']) {
      const { status, stderr, calls } = run({ [name]: value });
      expect({ status, calls }).toEqual({ status: 2, calls: [] });
      expect(stderr).toMatch(new RegExp(`^${name} is not set\\. .*fleet/README\\.md\\.$`, 'm'));
    }
  });

  test('a kubeconfig that is not base64', () => {
    const { status, stderr, calls } = run({ KUBECONFIG_B64: '%%hunter2' });
    expect({ status, calls }).toEqual({ status: 2, calls: [] });
    expect(stderr).toContain('KUBECONFIG_B64 is not base64.');
    expect(stderr).not.toContain('hunter2');
    expect(leftBehind()).toEqual([]);
  });
});
