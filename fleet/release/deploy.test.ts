import { expect, test } from 'vitest';
import { exitCodes, HarnessError } from '../errors.ts';
import type { KubernetesApi } from '../kubernetes/api.ts';
import type { KubeObject } from '../manifests/objects.ts';
import { deploy } from './deploy.ts';

type Deployment = KubeObject & { spec: { template: { metadata: { labels: Record<string, string> } } } };

const labels = (version: string) => ({ 'app.kubernetes.io/name': 'operator', 'app.kubernetes.io/version': version });
const deployment = (version: string): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'operator', namespace: 'dezky' },
  spec: { template: { metadata: { labels: labels(version) } } },
});
const configMap = (url: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'operator-config', namespace: 'dezky' },
  data: { URL: url },
});
const released = [configMap('new'), deployment('2')];

/** A cluster with one Deployment. Its pods are Ready immediately, except for one version whose pods never are. */
function cluster({ before = [] as KubeObject[], neverReady = '', refuses = '', forbids = '' } = {}) {
  const held = new Map(before.map((object) => [object.kind, object]));
  const log: string[] = [];
  const version = () =>
    (held.get('Deployment') as Deployment | undefined)?.spec.template.metadata.labels['app.kubernetes.io/version'];
  const isUp = () => version() !== neverReady;
  const api = {
    find: ({ kind }: KubeObject) => Promise.resolve(held.get(kind)),
    apply: async (object: KubeObject, { dryRun = false } = {}) => {
      if (object.kind === (dryRun ? forbids : refuses)) throw new HarnessError(`${object.kind} cannot be applied.`);
      if (dryRun) return object;
      held.set(object.kind, object);
      log.push(`${object.kind} ${object.kind === 'Deployment' ? version() : JSON.stringify(object['data'])}`);
      return object;
    },
    apps: {
      listNamespacedDeployment: () => {
        const counts = isUp() ? { updatedReplicas: 1, replicas: 1, availableReplicas: 1 } : { replicas: 2 };
        const conditions = isUp()
          ? []
          : [{ type: 'Progressing', reason: 'ProgressDeadlineExceeded', message: 'timed out.' }];
        return Promise.resolve({ items: [{ ...held.get('Deployment'), status: { ...counts, conditions } }] });
      },
    },
    core: {
      listNamespacedPod: () =>
        Promise.resolve({
          items: [
            {
              metadata: { name: 'pod', labels: labels('any') },
              status: { conditions: [{ type: 'Ready', status: 'True' }] },
            },
          ],
        }),
      listNamespacedEvent: () => Promise.resolve({ items: [] }),
      readNamespacedPodLog: () => Promise.resolve('its last words'),
    },
  } as unknown as KubernetesApi;
  /** Somebody else deploys that version, as `kubectl` does: without the Lease. */
  const deployElsewhere = (version: string) => {
    const managedFields = [{ manager: 'kubectl', time: new Date('2026-01-01T10:00:00Z') }];
    held.set('Deployment', { ...deployment(version), metadata: { ...deployment(version).metadata, managedFields } });
  };
  return { api, log, version, deployElsewhere };
}

async function outcomeOf(
  made: ReturnType<typeof cluster>,
  {
    smoke = exitCodes.passed as number,
    rollBackOnFailure = true,
    duringSmoke = () => {},
    onProgress = (_line: string) => {},
  } = {},
) {
  const output: string[] = [];
  const asked: string[] = [];
  const outcome = await deploy({
    api: made.api,
    namespace: 'dezky',
    objects: released,
    onProgress: (line) => {
      output.push(line);
      onProgress(line);
    },
    rollBackOnFailure,
    smoke: () => {
      asked.push(made.version() ?? '');
      duringSmoke();
      return Promise.resolve(smoke);
    },
  });
  return { outcome, output: output.join('\n'), asked };
}
const before = [configMap('old'), deployment('1')];

test('what is rolled out is smoke-tested, and released', async () => {
  const made = cluster({ before });
  expect(await outcomeOf(made)).toMatchObject({ outcome: 'released', asked: ['2'] });
  expect(made.log).toEqual(['ConfigMap {"URL":"new"}', 'Deployment 2']);
});

test('what does not roll out is not smoke-tested, and everything is as it was', async () => {
  const made = cluster({ before, neverReady: '2' });
  const { outcome, output, asked } = await outcomeOf(made);
  expect({ outcome, asked }).toEqual({ outcome: 'rolled back', asked: [] });
  expect(output).toContain('operator did not roll out: timed out.\nPods:');
  expect(output).toContain('Going back to operator 1 …');
  expect(made.log.slice(-2)).toEqual(['ConfigMap {"URL":"old"}', 'Deployment 1']);
});

test('a smoke check that fails takes the release back, with the logs of all its pods', async () => {
  const made = cluster({ before });
  const { outcome, output } = await outcomeOf(made, { smoke: exitCodes.productFailed });
  expect(outcome).toBe('rolled back');
  expect(output).toContain('its last words');
  expect(made.version()).toBe('1');
});

test('what cannot be applied is told, and what was applied of it taken back', async () => {
  const made = cluster({ before, refuses: 'Deployment' });
  await expect(outcomeOf(made)).rejects.toThrow(
    /^Going back failed as well: Deployment cannot be applied\. See what serves/,
  );
  expect(made.log).toEqual(['ConfigMap {"URL":"new"}', 'ConfigMap {"URL":"old"}']);
});

test('a release of which the cluster forbids an object is not begun', async () => {
  const made = cluster({ before, forbids: 'Deployment' });
  await expect(outcomeOf(made)).rejects.toThrow('nothing was applied: Deployment cannot be applied.');
  expect(made.log).toEqual([]);
});

test('a first release has nothing to go back to', async () => {
  const { outcome, output } = await outcomeOf(cluster({ neverReady: '2' }));
  expect(outcome).toBe('failed');
  expect(output).toContain('New, and left there: ConfigMap operator-config, Deployment operator.');
  expect(output).toContain('nothing to go back to');
});

const foreign = 'Deployment operator has version 3 instead of 2: kubectl changed it at 2026-01-01T10:00:00.000Z.';

test.each(Object.values(exitCodes))(
  'what somebody else deploys during smoke checks that end with %i is neither called released nor rolled back',
  async (smoke) => {
    const made = cluster({ before });
    await expect(outcomeOf(made, { smoke, duringSmoke: () => made.deployElsewhere('3') })).rejects.toThrow(foreign);
    expect(made.version()).toBe('3');
  },
);

test.each(['', '3'])(
  'the rollout of somebody else is not taken for the own one (never Ready: "%s")',
  async (version) => {
    const made = cluster({ before, neverReady: version });
    const onProgress = (line: string) => {
      if (line.includes('applied')) made.deployElsewhere('3');
    };
    await expect(outcomeOf(made, { onProgress })).rejects.toThrow(foreign);
    expect(made.version()).toBe('3');
  },
);

test('an API that does not answer for a moment is no reason to take a sound release back', async () => {
  const made = cluster({ before });
  const find = made.api.find.bind(made.api);
  const duringSmoke = () => {
    let outages = 1;
    made.api.find = (object) => ((outages -= 1) < 0 ? find(object) : Promise.reject(new Error('no answer')));
  };
  expect((await outcomeOf(made, { duringSmoke })).outcome).toBe('released');
});

test('what somebody else deploys while a release is taken back stays, and is told', async () => {
  const made = cluster({ before, neverReady: '2' });
  const onProgress = (line: string) => {
    if (line === 'operator is rolled out') made.deployElsewhere('3');
  };
  await expect(outcomeOf(made, { onProgress })).rejects.toThrow(foreign);
});

test('smoke checks that cannot look are no reason to take a sound release back', async () => {
  const made = cluster({ before });
  expect((await outcomeOf(made, { smoke: exitCodes.harnessFailed })).outcome).toBe('unproven');
  expect(made.version()).toBe('2');
});
