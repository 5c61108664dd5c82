import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { deployerName } from '../../fleet/manifests/deployer.ts';
import type { CanI } from '../../fleet/manifests/deployer.ts';
import type { ClusterPlace } from '../../fleet/engines/shared/engine.ts';
import { apiOf } from '../../fleet/engines/kubernetes/api.ts';
import { KubernetesApi } from '../../fleet/kubernetes/api.ts';
import type { KubeObject } from '../../fleet/manifests/objects.ts';

interface Cluster {
  name: string;
  cluster: Record<string, unknown>;
}

const tokenSecret = 'ci-deployer-token';

/** A Secret that requests a token of the deployer from Kubernetes, as in fleet/README.md. */
export const tokenRequest: KubeObject = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: tokenSecret,
    namespace: 'dezky',
    annotations: { 'kubernetes.io/service-account.name': deployerName },
  },
  type: 'kubernetes.io/service-account-token',
};

/** The ServiceAccount that CI deploys with, without the permissions of the account that started the fleet. */
export class Deployer {
  /** The contents of CI's `KUBECONFIG_B64`, before the base64 encoding. */
  readonly kubeconfig: string;
  readonly #api: KubernetesApi;
  readonly #namespace: string;

  constructor(kubeconfig: string, namespace: string) {
    this.kubeconfig = kubeconfig;
    this.#namespace = namespace;
    this.#api = new KubernetesApi(kubeconfig, deployerName);
  }

  /** The API server's own result of `kubectl auth can-i`. */
  may({ verb, resource: named, where }: CanI): Promise<boolean> {
    const [resource = '', ...group] = named.split('.');
    const namespace = { own: this.#namespace, other: 'kube-public', cluster: '' }[where];
    return this.#api.may({ verb, group: named === '*' ? '*' : group.join('.'), resource }, namespace);
  }
}

/** The deployer's token, once Kubernetes has put one into the Secret that requests it. */
export async function tokenIn(place: ClusterPlace): Promise<string> {
  const secret = await apiOf(place).core.readNamespacedSecret({ name: tokenSecret, namespace: place.namespace });
  return Buffer.from(secret.data?.['token'] ?? '', 'base64').toString();
}

/** Like the kubeconfig in fleet/README.md: the cluster of another kubeconfig, and a token. */
export function deployerKubeconfig({ kubeconfig, namespace }: ClusterPlace, token: string): string {
  const { clusters } = parse(readFileSync(kubeconfig, 'utf8')) as { clusters: Cluster[] };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'dezky', cluster: clusters[0]?.cluster }],
    users: [{ name: deployerName, user: { token } }],
    contexts: [{ name: deployerName, context: { cluster: 'dezky', user: deployerName, namespace } }],
    'current-context': deployerName,
  });
}
