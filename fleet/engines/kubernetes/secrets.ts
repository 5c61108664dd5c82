import { ofKind } from '../../manifests/objects.ts';
import type { KubeObject } from '../../manifests/objects.ts';
import type { AuthorityMaterial } from '../../run/certificate-authority.ts';
import { harnessSecrets, secret } from '../shared/harness-secrets.ts';
import { trustData, trustName } from './fill-in.ts';

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
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: trustName }, data: trustData(authority.caCertPem) },
    ...harnessSecrets(authority, controlToken),
    ...certificates,
  ];
}
