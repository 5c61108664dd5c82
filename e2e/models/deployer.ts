import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { deployerName, type CanI } from '../../fleet/rules/deployer.ts';
import type { ClusterPlace } from '../../fleet/engines/shared/engine.ts';
import { apiOf } from '../../fleet/engines/kubernetes/api.ts';
import { KubernetesApi } from '../../fleet/kubernetes/api.ts';
import type { KubeObject } from '../../fleet/manifests/objects.ts';

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
  may({ verb, resource: named, name, where }: CanI): Promise<boolean> {
    const [resource = '', ...group] = named.split('.');
    const namespace = { own: this.#namespace, other: 'kube-public', cluster: '' }[where];
    const access = { verb, group: named === '*' ? '*' : group.join('.'), resource, ...(name && { name }) };
    return this.#api.may(access, namespace);
  }

  /** Why the API server refuses a change of an object, which it does not make; undefined when it takes it. */
  async refusal(change: KubeObject): Promise<string | undefined> {
    const metadata = { ...change.metadata, namespace: this.#namespace };
    return this.#api.apply({ ...change, metadata }, { dryRun: true }).then(
      () => undefined,
      ({ message }: Error) => message,
    );
  }
}

/** A token of the deployer that expires, as in fleet/README.md. */
export async function newToken(place: ClusterPlace): Promise<string> {
  const { status } = await apiOf(place).core.createNamespacedServiceAccountToken({
    name: deployerName,
    namespace: place.namespace,
    body: { spec: { expirationSeconds: 3600 } },
  });
  return status?.token ?? '';
}

/** Like the kubeconfig in fleet/README.md: the cluster of another kubeconfig, and a token. */
export function deployerKubeconfig({ kubeconfig, namespace }: ClusterPlace, token: string): string {
  const { clusters } = parse(readFileSync(kubeconfig, 'utf8')) as { clusters: Array<{ cluster: object }> };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'dezky', cluster: clusters[0]?.cluster }],
    users: [{ name: deployerName, user: { token } }],
    contexts: [{ name: deployerName, context: { cluster: 'dezky', user: deployerName, namespace } }],
    'current-context': deployerName,
  });
}
