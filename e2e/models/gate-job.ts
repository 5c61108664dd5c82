import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import type { KubeObject } from '../../fleet/manifests/objects.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import type { Person } from '../../fixtures/person.ts';
import { nodePod } from './node-deployment.ts';

const namespace = 'dezky';
/** Of the harness, which alone may connect to the edge and the ingress (fleet/e2e/network-policies.yaml). */
const labelsOf = (name: string) => ({ 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'fleet-e2e' });

/** The tool in one file, made anew. @param file where it is written. */
export function packedDoctor(file: string): string {
  execFileSync(process.execPath, [join(repositoryRoot, 'scripts/doctor/pack.ts'), file]);
  return readFileSync(file, 'utf8');
}

/** The file, the authority of the fleet, and a test user, for {@link gateJob}. */
export const gateFiles = (doctor: string, { edge }: Fleet, { username, password }: Person): KubeObject[] => [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'gate', namespace, labels: labelsOf('gate') },
    data: { 'doctor.mjs': doctor, 'ca.pem': readFileSync(edge.caFile, 'utf8') },
  } as KubeObject,
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'gate', namespace, labels: labelsOf('gate') },
    stringData: { SMOKE_USERNAME: username, SMOKE_PASSWORD: password },
  } as KubeObject,
];

/** The Job of docs/smoke.md: it watches the fleet, and fails at the first wrong answer. @param seconds at most. */
export function gateJob(name: string, { hosts }: Fleet, seconds: number): KubeObject {
  const roles = ['operator', 'portal', 'auth'] as const;
  const args = [
    'smoke',
    '--watch',
    `--for=${seconds}`,
    '--max-failures=1',
    '--json',
    '--ca=/gate/ca.pem',
    ...roles.map((role) => `--url-${role}=${httpsOf(hosts[role])}`),
    ...roles.map((role) => `--connect-to=${hosts[role]}:443:edge:443`),
  ];
  const container = {
    command: ['node', '/gate/doctor.mjs', ...args],
    envFrom: [{ secretRef: { name: 'gate' } }],
    volumeMounts: [{ name: 'gate', mountPath: '/gate' }],
  };
  const volumes = [{ name: 'gate', configMap: { name: 'gate' } }];
  const pod = nodePod('gate', container, { restartPolicy: 'Never', volumes });
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, labels: labelsOf(name) },
    spec: { backoffLimit: 0, template: { metadata: { labels: labelsOf(name) }, spec: pod } },
  } as KubeObject;
}
