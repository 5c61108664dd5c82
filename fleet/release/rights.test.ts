import { expect, test } from 'vitest';
import type { Access, KubernetesApi } from '../kubernetes/api.ts';
import { demandRights } from './rights.ts';

const operator = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'operator', namespace: 'dezky' } };

test.each([
  ['list pods', 'list pods (to await, tell why not)'],
  ['patch deployments operator', 'patch deployments operator (to apply)'],
  ['update leases ci-deployer', 'update leases ci-deployer (to hold the Lease)'],
])('who may not %s is told so before anything is begun', async (right, told) => {
  const asked = ({ verb, resource, name = '' }: Access) => [verb, resource, name].filter(Boolean).join(' ');
  const lacking = (needs: Access[]) => Promise.resolve(needs.filter((need) => asked(need) === right));
  await expect(demandRights({ lacking } as unknown as KubernetesApi, 'dezky', [operator])).rejects.toThrow(
    `Who deploys may not ${told} in the namespace dezky. Nothing was applied.`,
  );
});
