import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempDisposableSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { productionHosts } from '../fleet/hosts.ts';
import { findOnPath, shippedApps } from '../fleet/manifests/images.ts';
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
  environment?: { name: string; url: string };
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
const textOf = (file: string): string => readFileSync(join(folder, file), 'utf8');
const workflow = (file: string): Workflow => parse(textOf(file)) as Workflow;
const jobsOf = (file: string): Array<[string, Job]> => Object.entries(workflow(file).jobs);
const stepsOf = (file: string): Step[] => jobsOf(file).flatMap(([, { steps = [] }]) => steps);
/** `owner/action@sha # version`, as in the text. */
const usesIn = (file: string): string[] =>
  [...textOf(file).matchAll(/^\s*(?:- )?uses: (.+)$/gm)].map(([, reference = '']) => reference);

test('there are these three', () => {
  expect(files).toEqual(['e2e.yml', 'nightly.yml', 'release.yml']);
});

const actionlint = findOnPath('actionlint');
test.skipIf(!actionlint)(`actionlint is content${actionlint ? '' : ' (skipped: actionlint is not on PATH)'}`, () => {
  const { stdout, status } = spawnSync(actionlint ?? '', ['-no-color'], { cwd: repositoryRoot, encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});

describe.each(files)('%s', (file) => {
  test('pins every action by a full commit SHA, and says which version that is', () => {
    const foreign = usesIn(file).filter((reference) => !reference.startsWith('./'));
    expect(foreign.length).toBeGreaterThan(0);
    for (const reference of foreign) expect(reference).toMatch(/^[\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    for (const local of usesIn(file).filter((reference) => reference.startsWith('./'))) {
      expect(existsSync(join(repositoryRoot, local))).toBe(true);
    }
  });

  test('may read the repository and nothing more', () => {
    const { permissions, jobs } = workflow(file);
    expect(permissions).toEqual({ contents: 'read' });
    for (const [name, job] of Object.entries(jobs).filter(([name]) => name !== 'notice'))
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
  // Compared exactly: a workflow that checks less or pushes more would also be valid YAML.
  test.each([
    ['prove', 'nightly.yml'],
    ['suite', 'e2e.yml'],
  ])('every part of what %s tries has a job in %s', (job, file) => {
    const { strategy } = workflow(file).jobs[job] ?? {};
    const shards = (strategy?.matrix.shard ?? []) as string[];
    expect(shards.length).toBeGreaterThan(1);
    expect(shards).toEqual(shards.map((_, index) => `${index + 1}/${shards.length}`));
  });

  test.each<[string, Record<string, string[]>]>([
    [
      'e2e.yml',
      {
        check: ['npm run check', 'npm run config -- check'],
        suite: ['npm run e2e -- --shard "$SHARD"'],
        explore: ['npm run explore -- --minutes 2 --seed 1'],
        examples: ['npm run authentik -- examples vitest playwright'],
        k3s: ['.ci/k3s "$HALF"'],
        mutants: ['npm run prove -- --mutants --sample 40 --seed "$SEED"'],
      },
    ],
    [
      'nightly.yml',
      {
        prove: ['npm run prove -- --shard "$SHARD"'],
        mutants: ['npm run prove -- --mutants --sample 150 --seed "$SEED"'],
        profiles: ['npm run e2e -- --authentik "$PROFILE" session logout pages'],
        flaky: ['npm run e2e -- --runs 10 --shuffle'],
        explore: ['npm run explore -- --minutes 30'],
        'prove-k3s': ['npm run prove -- --engine k3s'],
        conformance: [
          'npm run authentik -- conformance --clients',
          'npm run authentik -- conformance container --json reports/conformance.json --record reports/recording.json',
        ],
        notice: [expect.stringContaining('gh issue create')],
      },
    ],
    [
      'release.yml',
      {
        e2e: [],
        apps: [
          'npm ci --no-audit --no-fund',
          'echo "names=$(node_modules/.bin/node scripts/app-names.ts)" >> "$GITHUB_OUTPUT"',
        ],
        images: [
          'npm ci --no-audit --no-fund',
          'PATH="$PWD/node_modules/.bin:$PATH" npm run build --workspace "apps/$APP"',
          'docker build --pull --file apps/Dockerfile --tag "$IMAGE" ' +
            '--label "org.opencontainers.image.revision=$GITHUB_SHA" "apps/$APP"',
          'docker login --username "$REGISTRY_USER" --password-stdin <<< "$REGISTRY_TOKEN"\n' +
            'docker push "$IMAGE"\ndocker logout\n',
        ],
        deploy: ['node -- scripts/prepare.mjs deploy', 'sh scripts/deploy-job.sh'],
      },
    ],
  ])('in %s is this', (file, wanted) => {
    const runs = jobsOf(file).map(([name, { steps = [] }]) => [name, steps.flatMap(({ run }) => run ?? [])]);
    expect(Object.fromEntries(runs)).toEqual(wanted);
  });
});

test('mutants neither stop a pull request nor delay a release', () => {
  expect(workflow('e2e.yml').jobs.mutants).toMatchObject({
    if: "${{ github.event_name == 'pull_request' }}",
    'continue-on-error': true,
  });
});

test('one action is one commit everywhere', () => {
  const pins = Map.groupBy(
    files.flatMap(usesIn).filter((reference) => !reference.startsWith('./')),
    (reference) => reference.split('@')[0],
  );
  for (const [action, references] of pins)
    expect({ action, pins: new Set(references).size }).toEqual({ action, pins: 1 });
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

test('packages and browsers come from the cache, except where there are secrets', () => {
  const withCache = (file: string): string[] =>
    jobsOf(file).flatMap(([name, { steps = [] }]) =>
      steps.some(({ uses }) => uses?.startsWith('actions/cache@')) ? [name] : [],
    );
  const withInstall = (file: string): string[] => jobsOf(file).flatMap(([name]) => (name === 'notice' ? [] : [name]));
  for (const file of ['e2e.yml', 'nightly.yml']) expect(withCache(file)).toEqual(withInstall(file));
  expect(withCache('release.yml')).toEqual([]);
});

describe('a release', () => {
  const { jobs, on, concurrency } = workflow('release.yml');

  test('is a push to main, and none overtakes or ends another', () => {
    expect(on).toEqual({ push: { branches: ['main'] } });
    expect(concurrency).toEqual({ group: 'release', 'cancel-in-progress': false });
  });

  test('deploys only what the suite has passed and what was pushed', () => {
    expect(jobs['e2e']?.uses).toBe('./.github/workflows/e2e.yml');
    expect(jobs['images']?.needs).toEqual(['e2e', 'apps']);
    expect(jobs['deploy']?.needs).toEqual(['e2e', 'images']);
  });

  test('pushes every app under the name that the manifests have, tagged with the commit', () => {
    expect(jobs['images']?.strategy?.matrix['app']).toBe('${{ fromJSON(needs.apps.outputs.names) }}');
    expect(jobs['apps']?.outputs?.['names']).toBe('${{ steps.apps.outputs.names }}');
    const step = jobs['apps']?.steps?.find(({ id }) => id === 'apps');
    using folder = mkdtempDisposableSync(join(tmpdir(), 'dezky-workflow-'));
    const output = join(folder.path, 'output');
    const { status } = spawnSync('bash', ['-ec', step?.run ?? 'false'], {
      cwd: repositoryRoot,
      env: { PATH: process.env['PATH'], GITHUB_OUTPUT: output },
    });
    expect(status).toBe(0);
    const [, names = '[]'] = /^names=(.+)$/m.exec(readFileSync(output, 'utf8')) ?? [];
    expect(JSON.parse(names)).toEqual(shippedApps.map(({ key }) => key));
    expect(jobs['images']?.env?.['IMAGE']).toBe('dezky/${{ matrix.app }}:${{ github.sha }}');
    for (const { key, name } of shippedApps) expect(name).toBe(`dezky/${key}`);
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
    const installing = steps.findIndex(({ run }) => run?.includes('prepare.mjs'));
    const secret = steps.findIndex((step) => JSON.stringify(step).includes('secrets.'));
    expect([installing, secret].every((index) => index >= 0)).toBe(true);
    expect(installing).toBeLessThan(secret);
    expect(jobs['deploy']?.env).toBeUndefined();
  });

  test('gives the script of the deploy job everything that it asks for', () => {
    const script = readFileSync(join(repositoryRoot, 'scripts/deploy-job.sh'), 'utf8');
    const asked = /^for name in ([A-Z0-9_ ]+);/m.exec(script)?.[1]?.split(' ') ?? [];
    const given = jobs['deploy']?.steps?.find(({ run }) => run?.includes('deploy-job.sh'))?.env ?? {};
    expect(asked).toContain('KUBECONFIG_B64');
    // GitHub sets this one by itself.
    expect([...Object.keys(given), 'GITHUB_SHA'].toSorted()).toEqual(asked.toSorted());
  });
});
