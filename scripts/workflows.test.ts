import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempDisposableSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { productionHosts } from '../fleet/product/hosts.ts';
import { findOnPath } from '../fleet/manifests/images.ts';
import { shippedApps } from '../fleet/product/images.ts';
import { digestsIn } from '../fleet/release/digests.ts';
import { repositoryRoot } from '../fleet/root.ts';

interface Step {
  id?: string;
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
}
interface Job {
  uses?: string;
  needs?: string | string[];
  'runs-on'?: string | string[];
  'timeout-minutes'?: number;
  if?: string;
  'continue-on-error'?: boolean;
  permissions?: Record<string, string>;
  environment?: { name: string; url?: string };
  env?: Record<string, string>;
  strategy?: { matrix: Record<string, string | string[]> };
  outputs?: Record<string, string>;
  steps?: Step[];
}
interface Workflow {
  on: Record<string, unknown>;
  permissions?: Record<string, string>;
  concurrency?: { group: string; 'cancel-in-progress': boolean | string };
  jobs: Record<string, Job>;
}

const folder = join(repositoryRoot, '.github/workflows');
const files = readdirSync(folder).toSorted();
const action = '../actions/run/action.yml';
const textOf = (file: string): string => readFileSync(join(folder, file), 'utf8');
const workflow = (file: string): Workflow => parse(textOf(file)) as Workflow;
const jobsOf = (file: string): Array<[string, Job]> => Object.entries(workflow(file).jobs);
/** A step of the action `run` has its command as an input. */
const stepsOf = (file: string): Step[] =>
  jobsOf(file).flatMap(([, { steps = [] }]) => steps.map((step) => ({ run: step.with?.command as string, ...step })));
/** `owner/action@sha # version`, as in the text. */
const usesIn = (file: string): string[] =>
  [...textOf(file).matchAll(/^\s*(?:- )?uses: (.+)$/gm)].map(([, reference = '']) => reference);

const actionlint = findOnPath('actionlint');
test.skipIf(!actionlint)(`actionlint is content${actionlint ? '' : ' (skipped: actionlint is not on PATH)'}`, () => {
  const { stdout, status } = spawnSync(actionlint ?? '', ['-no-color'], { cwd: repositoryRoot, encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});

test.each([...files, action])('%s pins every action by a full commit SHA, and says which version that is', (file) => {
  const foreign = usesIn(file).filter((reference) => !reference.startsWith('./'));
  expect(foreign.length).toBeGreaterThan(0);
  for (const reference of foreign) expect(reference).toMatch(/^[\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  for (const local of usesIn(file).filter((reference) => reference.startsWith('./'))) {
    expect(existsSync(join(repositoryRoot, local))).toBe(true);
  }
});

describe.each(files)('%s', (file) => {
  test('may read the repository and nothing more', () => {
    const { permissions, jobs } = workflow(file);
    expect(permissions).toEqual({ contents: 'read' });
    for (const [name, job] of Object.entries(jobs).filter(([name]) => !['notice', 'push', 'publish'].includes(name)))
      expect({ name, ...(job.permissions ?? permissions) }).toEqual({ name, contents: 'read' });
    const checkouts = stepsOf(file).filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    for (const checkout of checkouts) expect(checkout.with).toMatchObject({ 'persist-credentials': false });
  });

  test('says what happens when two runs meet, and ends a job that hangs', () => {
    expect(workflow(file).concurrency).toMatchObject({ group: expect.any(String) });
    expect(workflow(file).concurrency).toHaveProperty('cancel-in-progress');
    for (const [, job] of jobsOf(file).filter(([, { uses }]) => uses === undefined)) {
      expect(job['timeout-minutes']).toBeLessThanOrEqual(330);
    }
  });

  test('lets no text from outside into a script, and no stranger run with secrets', () => {
    expect(Object.keys(workflow(file).on)).not.toContain('pull_request_target');
    for (const { run = '' } of stepsOf(file)) expect(run).not.toContain('${{');
  });

  test('runs commands that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const commands = stepsOf(file).flatMap(({ run = '' }) => [...run.matchAll(/npm run ([a-z0-9]+) *(?:--|$)/gm)]);
    for (const [, command = ''] of commands) expect(Object.keys({ ...scripts, build: '' })).toContain(command);
  });
});

describe('what runs', () => {
  test.each([
    ['nightly.yml', 'prove'],
    ['e2e.yml', 'suite'],
  ])('every part in %s of %s has a job', (file, job) => {
    const { strategy } = workflow(file).jobs[job] ?? {};
    const shards = (strategy?.matrix.shard ?? []) as string[];
    expect(shards.length).toBeGreaterThan(1);
    expect(shards).toEqual(shards.map((_, index) => `${index + 1}/${shards.length}`));
  });

  test('a pull request and a release are checked by the whole suite', () => {
    const { likeliest, suite, report } = workflow('e2e.yml').jobs;
    expect(likeliest?.steps?.at(-1)?.with?.command).toBe('npm run e2e -- --within 90s');
    expect(suite?.needs).toEqual(['likeliest']);
    // Also that of a suite with failures.
    expect(report).toMatchObject({ needs: ['suite'], if: expect.stringContaining('!cancelled()') });
    expect(textOf(action)).toMatch(/if: \$\{\{ always\(\) && inputs\.reports \}\}\n +uses: actions\/upload-artifact/);
    const runs = stepsOf('e2e.yml').flatMap(({ run }) => run?.split('\n') ?? []);
    const { engine = [], shard = [] } = suite?.strategy?.matrix ?? {};
    expect(engine).toEqual(['local', 'k3s']);
    expect(runs).toEqual(
      expect.arrayContaining([
        'npm run check',
        'npm run e2e -- --engine "$ENGINE" --shard "$SHARD"',
        `npx node scripts/merge-parts.ts reports local=${shard.length} k3s=${shard.length}`,
      ]),
    );
  });
});

describe('advisories', () => {
  const jq = findOnPath('jq');
  const via = [{ url: 'https://github.com/advisories/GHSA-1', name: 'h3', range: '<2', title: 'A', severity: 'high' }];
  const report = JSON.stringify({ vulnerabilities: { h3: { via }, nuxt: { via: ['h3'] } } });
  test.skipIf(!jq).each([
    ['are accepted until their date', '{"GHSA-1":{"until":"9999-01-01","reason":"why"}}', report, 0, /^$/],
    ['fail without a reason', '{"GHSA-1":{"until":"9999-01-01"}}', report, 1, /^GHSA-1 h3 <2: A\n/],
    ['fail without a date', '{"GHSA-1":{"until":"soon","reason":"why"}}', report, 1, /^GHSA-1 h3 <2: A\n/],
    ['fail after it', '{"GHSA-1":{"until":"2020-01-01","reason":"why"}}', report, 1, /^GHSA-1 h3 <2: A\n/],
    ['fail when nothing accepts them', '{}', report, 1, /^GHSA-1 h3 <2: A\n/],
    ['fail when they are not known', '{}', '{"message":"405"}', 5, /^$/],
    ['fail without any report', '{}', '', 5, /^$/],
  ])(`%s${jq ? '' : ' (skipped: jq is not on PATH)'}`, (_what, accepted, printed, status, said) => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'dezky-audit-'));
    mkdirSync(join(folder.path, '.github'));
    writeFileSync(join(folder.path, '.github/advisories.json'), accepted);
    writeFileSync(join(folder.path, 'npm'), `#!/bin/sh\necho '${printed}'\nexit 1\n`, { mode: 0o755 });
    const env = { PATH: `${folder.path}:${process.env['PATH']}` };
    const script = join(repositoryRoot, 'scripts/audit.sh');
    const run = spawnSync('sh', [script], { cwd: folder.path, env, encoding: 'utf8' });
    expect(run).toMatchObject({ status, stdout: expect.stringMatching(said) });
  });
});

describe('the notice of a failed night', () => {
  const { jobs } = workflow('nightly.yml');
  const { notice, ...others } = jobs;

  test('comes when any other job failed', () => {
    expect(notice?.needs).toEqual(expect.arrayContaining(Object.keys(others)));
    expect(notice?.if).toBe('${{ failure() }}');
  });

  test('may write issues and nothing more, and has no code of the repository', () => {
    expect(notice?.permissions).toEqual({ issues: 'write' });
    expect(notice?.steps?.flatMap(({ uses }) => uses ?? [])).toEqual([]);
  });

  const jq = findOnPath('jq');
  test.skipIf(!jq).each([
    ['opens an issue', '[]', /^issue create --title The nightly run fails --body Failed: flaky\. /m],
    [
      'comments on the open one',
      '[{"number":7,"title":"The nightly run fails"}]',
      /^issue comment 7 --body Failed: flaky\. /m,
    ],
  ])(`%s${jq ? '' : ' (skipped: jq is not on PATH)'}`, (_what, issues, called) => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'dezky-notice-'));
    // A stand-in of the GitHub CLI, which applies the query as it does.
    const gh = `#!/bin/sh\necho "$@" >> "${folder.path}/calls"\n[ "$2" = list ] && echo '${issues}' | jq -r "\${10}"\nexit 0\n`;
    writeFileSync(join(folder.path, 'gh'), gh, { mode: 0o755 });
    const step = notice?.steps?.[0];
    const { status } = spawnSync('bash', ['-ec', step?.run ?? 'false'], {
      env: {
        PATH: `${folder.path}:${process.env['PATH']}`,
        TITLE: step?.env?.['TITLE'],
        RUN_URL: 'https://github.example/run',
        RESULTS: '{"prove":{"result":"success"},"flaky":{"result":"failure"}}',
      },
    });
    expect(status).toBe(0);
    expect(readFileSync(join(folder.path, 'calls'), 'utf8')).toMatch(called);
  });
});

test('the mock is published by a tag of its version, with what its examples have tested', () => {
  const { on, jobs } = workflow('publish.yml');
  expect(on).toEqual({ push: { tags: ['mock-authentik-v*'] } });
  expect(jobs['publish']?.permissions).toEqual({ contents: 'read', 'id-token': 'write', packages: 'write' });
  expect(jobs['build']?.permissions).toBeUndefined();
  expect(jobs['publish']).toMatchObject({ needs: 'build', environment: { name: 'npm' } });
  // No code of the repository or of packages runs with the right to publish.
  expect(jobs['publish']?.steps?.map(({ uses, run }) => uses?.split('@')[0] ?? run?.split('\n').at(-2))).toEqual([
    'actions/download-artifact',
    'npx --yes npm@11.21.2 publish ./mock-authentik.tgz --provenance --access public',
  ]);
  const run = jobs['build']?.steps?.find((step) => step.run)?.run ?? '';
  const tried = spawnSync('bash', ['-ec', run], {
    cwd: repositoryRoot,
    env: { PATH: process.env['PATH'], GITHUB_REF_NAME: 'mock-authentik-v0.0.0' },
    encoding: 'utf8',
  });
  expect(tried).toMatchObject({ status: 1, stdout: expect.stringMatching(/v0\.0\.0 is not that of version \d/) });
});

describe('a release', () => {
  const { jobs, on, concurrency } = workflow('release.yml');

  test('is a push to main, and none overtakes or ends another', () => {
    expect(on).toEqual({ push: { branches: ['main'] } });
    expect(concurrency).toEqual({ group: 'release', 'cancel-in-progress': false });
  });

  test('deploys only what the suite has passed and what was pushed', () => {
    expect(jobs['e2e']?.uses).toBe('./.github/workflows/e2e.yml');
    expect(jobs['push']?.needs).toEqual(['e2e', 'build']);
    expect(jobs['deploy']?.needs).toEqual(['e2e', 'push']);
  });

  test('builds every app under the name that the manifests have, tagged with the commit', () => {
    const step = jobs['build']?.steps?.find(({ run }) => run?.includes('docker build'));
    const { stdout } = spawnSync(process.execPath, ['scripts/app-names.ts'], { cwd: repositoryRoot, encoding: 'utf8' });
    expect(stdout.trim().split('\n')).toEqual(shippedApps.map(({ app }) => app));
    expect(step?.run).toContain('in $(node scripts/app-names.ts)');
    expect(step?.run).toContain('--tag "dezky/$app:$GITHUB_SHA"');
    for (const { app, name } of shippedApps) expect(name).toBe(`dezky/${app}`);
  });

  test('pushes what was built, and passes on and attests the digests that the registry has', () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'dezky-push-'));
    const digestOf = (name: string): string => `sha256:${createHash('sha256').update(name).digest('hex')}`;
    const loads = shippedApps.map(({ name }) => `echo Loaded image: ${name}:sha`).join('; ');
    const pushes = shippedApps.map(({ name }) => `${name}:sha) echo sha: digest: ${digestOf(name)} size: 1 ;;`);
    const docker = `#!/bin/sh\n[ "$1" = load ] && { ${loads}; }\n[ "$1" = push ] || exit 0\ncase "$2" in\n${pushes.join('\n')}\nesac\n`;
    writeFileSync(join(folder.path, 'docker'), docker, { mode: 0o755 });
    const run = jobs['push']?.steps?.find(({ id }) => id === 'push')?.run ?? 'false';
    const output = join(folder.path, 'output');
    const env = { PATH: `${folder.path}:${process.env['PATH']}`, GITHUB_OUTPUT: output };
    expect(spawnSync('bash', ['-ec', run], { cwd: folder.path, env }).status).toBe(0);
    const [, digests = ''] = /^digests=(.+)$/m.exec(readFileSync(output, 'utf8')) ?? [];
    expect(digestsIn(digests)).toEqual(new Map(shippedApps.map(({ app, name }) => [app, digestOf(name)])));
    expect(readFileSync(join(folder.path, 'subjects'), 'utf8').trim().split('\n')).toEqual(
      shippedApps.map(({ name }) => `${digestOf(name).slice('sha256:'.length)}  index.docker.io/${name}`),
    );
    const attest = jobs['push']?.steps?.find(({ uses }) => uses?.startsWith('actions/attest-build-provenance@'));
    expect(attest?.with).toEqual({ 'subject-checksums': 'subjects' });
    expect(jobs['push']?.permissions).toEqual({ contents: 'read', 'id-token': 'write', attestations: 'write' });
    expect(jobs['push']?.outputs).toEqual({ digests: '${{ steps.push.outputs.digests }}' });
    const deploying = jobs['deploy']?.steps?.find(({ run }) => run?.includes('deploy-job.sh'));
    expect(deploying).toMatchObject({
      run: 'sh scripts/deploy-job.sh --digests "$DIGESTS"',
      env: { DIGESTS: '${{ needs.push.outputs.digests }}' },
    });
  });

  test('keeps secrets in the environment production, where nothing is built', () => {
    const withSecrets = files
      .flatMap((file) => jobsOf(file))
      .filter(([, job]) => JSON.stringify(job).includes('secrets.'));
    expect(withSecrets.map(([name, { environment }]) => [name, JSON.stringify(environment)])).toEqual([
      ['push', '{"name":"production"}'],
      ['deploy', expect.stringContaining('{"name":"production"')],
    ]);
    expect(JSON.stringify(jobs['push'])).not.toMatch(/npm|checkout/);
  });

  test('deploys from inside the cluster, with secrets that no other job sees', () => {
    expect(jobs['deploy']?.['runs-on']).toEqual(['self-hosted', 'dezky-cluster']);
    expect(jobs['deploy']?.environment).toEqual({ name: 'production', url: `https://${productionHosts.operator}` });
    const withKubeconfig = files
      .flatMap((file) => jobsOf(file))
      .filter(([, job]) => JSON.stringify(job).includes('KUBECONFIG_B64'));
    expect(withKubeconfig.map(([name]) => name)).toEqual(['deploy']);
  });

  test('installs before any step of the deploy job has a secret', () => {
    const steps = jobs['deploy']?.steps ?? [];
    const installing = steps.findIndex(({ run }) => run?.includes('npm ci'));
    const secret = steps.findIndex((step) => JSON.stringify(step).includes('secrets.'));
    expect([installing, secret].every((index) => index >= 0)).toBe(true);
    expect(installing).toBeLessThan(secret);
    expect(jobs['deploy']?.env).toBeUndefined();
  });

  test('runs no install script of a package but that of Node', () => {
    const lines = stepsOf('release.yml').flatMap(({ run = '' }) => run.split('\n'));
    const installing = lines.filter((line) => /npm (ci|install|rebuild)|prepare\.mjs/.test(line));
    expect(installing.length).toBeGreaterThan(1);
    for (const line of installing)
      expect(line).toBe('npm ci --ignore-scripts --no-audit --no-fund && npm rebuild node');
  });

  test('gives the script of the deploy job everything that it asks for', () => {
    const script = readFileSync(join(repositoryRoot, 'scripts/deploy-job.sh'), 'utf8');
    const asked = /^for name in ([A-Z0-9_ ]+);/m.exec(script)?.[1]?.split(' ') ?? [];
    const given = jobs['deploy']?.steps?.find(({ run }) => run?.includes('deploy-job.sh'))?.env ?? {};
    expect(asked).toContain('KUBECONFIG_B64');
    // GitHub sets this one by itself.
    expect([...Object.keys(given), 'GITHUB_SHA'].toSorted()).toEqual([...asked, 'DIGESTS'].toSorted());
  });
});
