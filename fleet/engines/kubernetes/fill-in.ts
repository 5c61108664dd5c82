import type { Route } from '../../edge/row.ts';
import { namesOf } from '../../hosts.ts';
import type { ManifestPatch } from '../../manifests/change.ts';
import { isApp } from '../../manifests/images.ts';
import { ofKind, onlyContainer, type KubeObject } from '../../manifests/objects.ts';
import type { AuthorityMaterial } from '../../run/certificate-authority.ts';
import type { FleetDescription } from '../shared/description.ts';
import { harnessSecrets, secret } from '../shared/harness-secrets.ts';

/** ConfigMap with the run's authority, and where pods find it. */
export const trustName = 'edge-trust';
const trustFolder = '/etc/fleet';
const trustFile = 'ca.pem';
const interceptPort = 3443;
/** It sends back-channel logout requests to the apps. */
const authentikName = 'authentik';

const pod = '/spec/template/spec';
const env = (name: string, value: string) =>
  ({ op: 'add', path: `${pod}/containers/0/env/-`, value: { name, value } }) as const;

/**
 * Patches that fill in a cluster's overlay. They remove and replace nothing that production applies. The apps and
 * Authentik trust the run's authority, and host names resolve to the edge, so that they can use the production URLs.
 *
 * Names are written into the pods' /etc/hosts and not into CoreDNS, because all runs on a cluster share CoreDNS and an
 * existing cluster must not be changed.
 */
export function appPatches(
  objects: readonly KubeObject[],
  { hosts, fallback, images }: Pick<FleetDescription, 'hosts' | 'fallback' | 'images'>,
  edgeIp: string,
): ManifestPatch[] {
  // The edge must see an app that falls back to other hosts, instead of a DNS error.
  const names = [hosts, ...(fallback ? [fallback.hosts] : [])].flatMap(namesOf);
  return ofKind(objects, 'Deployment')
    .filter(
      (deployment) =>
        isApp(onlyContainer(deployment)?.image ?? '', images) || deployment.metadata.name === authentikName,
    )
    .map(({ metadata: { name }, spec: { template } }) => ({
      target: { kind: 'Deployment', name },
      patch: [
        { op: 'add', path: '/spec/template/spec/hostAliases', value: [{ ip: edgeIp, hostnames: [...new Set(names)] }] },
        {
          op: 'add',
          path: '/spec/template/spec/volumes',
          value: [...(template.spec.volumes ?? []), { name: trustName, configMap: { name: trustName } }],
        },
        {
          op: 'add',
          path: '/spec/template/spec/containers/0/volumeMounts',
          value: [
            ...(template.spec.containers[0]?.volumeMounts ?? []),
            { name: trustName, mountPath: trustFolder, readOnly: true },
          ],
        },
        ...['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'].map((variable) => env(variable, `${trustFolder}/${trustFile}`)),
      ],
    }));
}

/**
 * The edge sends unpinned requests to the ingress, by its address: each connection would need the DNS of the node, which
 * does not always answer in time when many fleets share the node.
 */
export const ingressPatch = (ingressIp: string): ManifestPatch => ({
  target: { kind: 'Deployment', name: 'edge' },
  patch: [env('INGRESS_HOST', ingressIp)],
});

/** The edge reads the pods from the API, and intercepts connections of pods to the hosts. */
export function edgePatches(routes: readonly Route[]): ManifestPatch[] {
  return [
    {
      target: { kind: 'Deployment', name: 'edge' },
      patch: [
        { op: 'add', path: `${pod}/serviceAccountName`, value: 'edge' },
        { op: 'replace', path: `${pod}/automountServiceAccountToken`, value: true },
        { op: 'add', path: `${pod}/containers/0/ports/-`, value: { name: 'intercept', containerPort: interceptPort } },
        env('INTERCEPT_PORT', String(interceptPort)),
        env('ROUTES', JSON.stringify(routes)),
      ],
    },
    {
      target: { kind: 'Service', name: 'edge' },
      patch: [{ op: 'add', path: '/spec/ports/-', value: { name: 'intercept', port: 443, targetPort: 'intercept' } }],
    },
  ];
}

/** Secrets that the engine creates for each run: the certificate authority, and the ingress's certificates. */
export async function runSecrets(
  objects: readonly KubeObject[],
  authority: AuthorityMaterial,
  controlToken: string,
): Promise<KubeObject[]> {
  const { openAuthority } = await import('../../run/certificate-authority.ts');
  const open = openAuthority(authority);
  const tls = ofKind(objects, 'Ingress').flatMap(({ spec }) => spec.tls ?? []);
  const certificates = await Promise.all(
    tls.flatMap(({ hosts = [], secretName }) =>
      secretName === undefined
        ? []
        : [
            open
              .certificateFor(hosts)
              .then((pem) =>
                secret(secretName, { 'tls.crt': pem, 'tls.key': authority.leafKeyPem }, 'kubernetes.io/tls'),
              ),
          ],
    ),
  );
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: trustName }, data: { [trustFile]: authority.caCertPem } },
    ...harnessSecrets(authority, controlToken),
    ...certificates,
  ];
}
