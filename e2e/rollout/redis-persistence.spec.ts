import type { Change } from '../../fleet/manifests/change.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import type { Pod } from '../../fleet/manifests/status.ts';
import { deadline } from '../deadline.ts';
import { expect, test } from '../index.ts';
import { startSessionAtEach } from '../models/app.ts';
import { twoPods } from '../claims/two-pods.ts';
import { precondition } from '../models/precondition.ts';
import { recovery, withoutReadyPod } from '../models/recovery.ts';

const container = '/spec/template/spec/containers/0';

/**
 * Redis as configured for production: every write is in the append-only file before Redis responds, on a volume that
 * outlives the pod. The volume is a folder of the node, because a claim needs a provisioner, which a bare node lacks.
 * Only a node that is discarded with the run (as `kill` shows) may be written to, in a folder that no other run shares.
 */
const persistent: Change = {
  manifests: [
    {
      target: { kind: 'Deployment', name: 'dezky-data' },
      patch: [
        {
          op: 'replace',
          path: `${container}/args`,
          // Without snapshots: Redis writes one when it shuts down, which would hide that the append-only file is not
          // written.
          value: Object.entries({
            '--save': '',
            '--appendonly': 'yes',
            '--appendfsync': 'always',
            '--dir': '/data',
            '--protected-mode': 'no',
          }).flat(),
        },
        {
          op: 'add',
          path: `${container}/env`,
          value: [{ name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }],
        },
        {
          op: 'add',
          path: `${container}/volumeMounts`,
          // A folder below /tmp has its permissions, and Redis does not run as root.
          value: [{ name: 'data', mountPath: '/data', subPathExpr: 'dezky-data-$(POD_NAMESPACE)' }],
        },
        {
          op: 'add',
          path: '/spec/template/spec/volumes',
          value: [{ name: 'data', hostPath: { path: '/tmp', type: 'Directory' } }],
        },
      ],
    },
  ],
};

test.use({ needs: ['variants', 'kill'], variant: { needs: ['kubernetes', 'kill'], changes: [persistent] } });

const restarts: Readonly<Record<string, (fleet: Fleet, redis: Pod) => Promise<void>>> = {
  'the kill of its process': async (fleet, { name, restarts: before }) => {
    await fleet.kill(name, 'SIGKILL');
    await expect
      .poll(() => redisOf(fleet), { message: `${name} restarts and is Ready again`, timeout: deadline(60_000) })
      .toMatchObject({ name, ready: true, restarts: before + 1 });
  },
  'the deletion of its pod': async (fleet, { name }) => {
    await fleet.deletePod(name);
    precondition((await redisOf(fleet)).name !== name, `${name} is still there after it was deleted`);
  },
};

for (const [what, restart] of Object.entries(restarts)) {
  test(
    `with persistence, ${what} signs nobody out`,
    { tag: ['@redis-without-persistence'] },
    async ({ apps, fleet, newPerson, ledger }) => {
      await startSessionAtEach(apps, await newPerson());
      // Listed before, because no pod is Ready while Redis is away.
      const pods = new Map(await Promise.all(apps.map(async (app) => [app, await twoPods(fleet, app.name)] as const)));

      await restart(fleet, await redisOf(fleet));

      for (const app of apps) {
        const [a, b] = pods.get(app) as [string, string];
        for (const pod of [a, b]) {
          await recovery(() => app.call('/api/me', { pod }), {
            of: `the session on ${pod}`,
            allowed: withoutReadyPod,
          });
        }
        // The edge learns of a Ready pod immediately, the ingress up to 2 s later. Until then the ingress has no such
        // host.
        await recovery(() => app.call('/api/_health/ready'), {
          of: `${app.name} by the ingress`,
          allowed: withoutReadyPod,
        });
        await app.goto('/');
        await app.expectSignedIn();
        const logins = await ledger.rows({ service: app.name, path: '/auth/oidc/login' });
        expect(logins, `sign-ins at ${app.name}`).toHaveLength(1);
      }
    },
  );
}

async function redisOf(fleet: Fleet): Promise<Pod> {
  const pods = await fleet.pods('dezky-data');
  expect(pods, 'Redis pods').toHaveLength(1);
  return pods[0] as Pod;
}
