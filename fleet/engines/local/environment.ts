import type { Container, KubeObject } from '../../manifests/objects.ts';
import { variablesOf, type PodFacts } from '../../manifests/variables.ts';

/** Like a kubelet's CreateContainerConfigError: the container cannot start with this configuration. */
export class ContainerConfigError extends Error {
  override readonly name = 'CreateContainerConfigError';
}

/**
 * The environment of a container, with the rules of a kubelet. `$(VAR)` in a value of env refers to a variable defined
 * before it. A missing ConfigMap or Secret that is not optional is a ContainerConfigError.
 */
export function environmentOf(
  container: Container,
  objects: readonly KubeObject[],
  pod: PodFacts,
): Record<string, string> {
  const variables = variablesOf(container, objects, pod, ({ id, key, optional }) => {
    const [kind = '', name] = id.split(' ');
    if (optional) return;
    const what = key === undefined ? `${kind.toLowerCase()} "${name}" not found` : `couldn't find key ${key} in ${id}`;
    throw new ContainerConfigError(what);
  });
  const environment: Record<string, string> = {};
  for (const { name, from, ...known } of variables) {
    if ('fault' in known) throw new ContainerConfigError(`${name} of ${from} ${known.fault}`);
    environment[name] = from === 'env' ? expand(known.value, environment) : known.value;
  }
  return environment;
}

/** A reference to an undefined variable stays as written. */
const expand = (text: string, known: Readonly<Record<string, string>>): string =>
  text.replace(/\$\(([^()]+)\)/g, (whole: string, name: string) => known[name] ?? whole);

/** Proxy settings of a pod: it reaches the fleet's https hosts through the edge, which identifies it by its name. */
export function proxyVariables(proxyUrl: string, podName: string, caFile: string): Record<string, string> {
  const proxy = new URL(proxyUrl);
  proxy.username = podName;
  proxy.password = 'x';
  return {
    HTTPS_PROXY: proxy.href,
    HTTP_PROXY: proxy.href,
    NO_PROXY: '127.0.0.1,localhost',
    NODE_USE_ENV_PROXY: '1',
    NODE_EXTRA_CA_CERTS: caFile,
    // What programs on OpenSSL, and Go's, read.
    SSL_CERT_FILE: caFile,
  };
}

/** Further certificate authorities that Node trusts here. The edge needs them for an Authentik outside the fleet. */
export const authorityVariables = ({ NODE_EXTRA_CA_CERTS: file }: NodeJS.ProcessEnv): Record<string, string> =>
  file ? { NODE_EXTRA_CA_CERTS: file } : {};
