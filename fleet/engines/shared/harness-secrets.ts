import type { KubeObject } from '../../manifests/objects.ts';
import type { AuthorityMaterial } from '../../run/certificate-authority.ts';

/** The Secrets of the harness's own pods. `fleet/e2e` references them, and the engine creates new ones for each run. */
export const harnessSecrets = (authority: AuthorityMaterial, controlToken: string): KubeObject[] => [
  secret('control-plane', { CONTROL_TOKEN: controlToken }),
  secret('edge-authority', {
    EDGE_CA_CERT: authority.caCertPem,
    EDGE_CA_KEY: authority.caKeyPem,
    EDGE_LEAF_KEY: authority.leafKeyPem,
  }),
];

export const secret = (name: string, stringData: Record<string, string>, type = 'Opaque'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  type,
  stringData,
});
