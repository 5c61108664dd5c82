import { isKind, type KubeObject } from '../../fleet/manifests/objects.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { deadline } from '../deadline.ts';
import { expect, test } from '../index.ts';
import { gateFiles, gateJob, packedDoctor } from '../models/gate-job.ts';

// Only a cluster of our own lets its user create Jobs.
test.use({ needs: ['kubernetes', 'image-digests'] });
test.setTimeout(180_000);

const canary = 'operator-canary';

/** What a gate prints. */
interface GateResult {
  passed: boolean;
  answers: number;
  failures: Array<{ of: string; pod: string; reason?: string; lastSecond: number }>;
}

async function resultOf(fleet: Fleet, job: string): Promise<GateResult> {
  const lastLine = async (): Promise<string> => {
    const [pod] = await fleet.pods(job);
    if (!pod || pod.phase === 'Pending') return 'no pod runs it yet';
    const lines = await fleet.logs(pod.name);
    return lines.find((line) => line.startsWith('{')) ?? lines.at(-1) ?? 'it has printed nothing';
  };
  await expect
    .poll(lastLine, { message: `what the Job ${job} prints last`, timeout: deadline(60_000) })
    .toMatch(/^\{.*\}$/);
  return JSON.parse(await lastLine()) as GateResult;
}

/** A release of operator that opens no cookie of the others, and gets one of ten requests. */
function canaryOf(manifests: readonly KubeObject[], host: string): KubeObject[] {
  const copies = manifests
    .filter(({ kind, metadata }) => ['Deployment', 'Service'].includes(kind) && metadata.name === 'operator')
    .map((object) => {
      const copy = structuredClone(object);
      copy.metadata.name = canary;
      if (isKind(copy, 'Service')) copy.spec.selector = { 'app.kubernetes.io/name': canary };
      if (isKind(copy, 'Deployment')) {
        const { spec } = copy;
        spec.replicas = 1;
        spec.selector = { matchLabels: { 'app.kubernetes.io/name': canary } };
        const labels = { ...spec.template.metadata?.labels, 'app.kubernetes.io/name': canary };
        spec.template.metadata = { ...spec.template.metadata, labels };
        const [container] = spec.template.spec.containers;
        container!.env = [...(container!.env ?? []), { name: 'NUXT_OIDC_SESSION_SECRET', value: 'canary'.repeat(8) }];
      }
      return copy;
    });
  const weighted = [
    { name: 'operator', port: 80, weight: 9 },
    { name: canary, port: 80, weight: 1 },
  ];
  const ofTraefik = (kind: string, spec: object): KubeObject =>
    ({ apiVersion: 'traefik.io/v1alpha1', kind, metadata: { name: canary, namespace: 'dezky' }, spec }) as KubeObject;
  return [
    ...copies,
    ofTraefik('TraefikService', { weighted: { services: weighted } }),
    ofTraefik('IngressRoute', {
      entryPoints: ['websecure'],
      routes: [
        {
          kind: 'Rule',
          match: `Host(\`${host}\`)`,
          priority: 1_000,
          services: [{ kind: 'TraefikService', name: canary }],
        },
      ],
      tls: {},
    }),
  ];
}

test(
  'a gate passes a sound fleet, and stops a canary that signs people out, naming pod and reason',
  { tag: ['@memory-sessions'] },
  async ({ fleet, manifests, addObjects, newPerson }, info) => {
    const doctor = packedDoctor(info.outputPath('doctor.mjs'));
    await addObjects([...gateFiles(doctor, fleet, await newPerson()), gateJob('gate-before', fleet, 5)]);
    expect(await resultOf(fleet, 'gate-before'), 'the gate before the canary').toMatchObject({
      passed: true,
      failures: [],
    });

    await addObjects([...canaryOf(manifests, fleet.hosts.operator), gateJob('gate', fleet, 60)]);
    const { passed, failures } = await resultOf(fleet, 'gate');
    expect({ passed, failures }, 'the gate of the canary').toMatchObject({
      passed: false,
      failures: [{ of: 'operator', pod: expect.stringMatching(/^operator-canary-/), reason: 'unsealed' }],
    });
    expect(failures[0]!.lastSecond, 'seconds until the gate ended').toBeLessThan(deadline(30));
  },
);
