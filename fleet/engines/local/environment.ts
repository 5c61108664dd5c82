import type { Container, Secret } from '../../manifests/objects.ts';
import { labelPath } from './model.ts';
import type { Model } from './model.ts';

/** The pod fields of the downward API. */
export interface PodFacts {
  name: string;
  namespace: string;
  labels: Readonly<Record<string, string>>;
}

/** Like a kubelet's CreateContainerConfigError: the container cannot start with this configuration. */
export class ContainerConfigError extends Error {
  override readonly name = 'CreateContainerConfigError';
}

/**
 * The environment of a container, with the rules of a kubelet: envFrom in order, then env in order. `$(VAR)` in a value
 * refers to a variable defined before it. A missing ConfigMap or Secret that is not optional is a ContainerConfigError.
 */
export function environmentOf(
  model: Model,
  { envFrom = [], env = [] }: Container,
  pod: PodFacts,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const { configMapRef, secretRef } of envFrom) {
    const [kind, ref] = configMapRef ? (['configmap', configMapRef] as const) : (['secret', secretRef] as const);
    if (!ref) continue;
    const found = (configMapRef ? model.configMaps : model.secrets).find(({ metadata }) => metadata.name === ref.name);
    if (!found && ref.optional !== true) throw new ContainerConfigError(`${kind} "${ref.name}" not found`);
    Object.assign(environment, found && (kind === 'secret' ? secretValues(found as Secret) : found.data));
  }
  for (const { name, value = '', valueFrom } of env) {
    environment[name] = valueFrom?.fieldRef ? field(valueFrom.fieldRef.fieldPath, pod) : expand(value, environment);
  }
  return environment;
}

function field(path: string, { name, namespace, labels }: PodFacts): string {
  if (path === 'metadata.name') return name;
  if (path === 'metadata.namespace') return namespace;
  // An absent label is the empty string, like in the downward API.
  return labels[labelPath.exec(path)?.[1] ?? ''] ?? '';
}

/** A reference to an undefined variable stays as written. */
const expand = (text: string, known: Readonly<Record<string, string>>): string =>
  text.replace(/\$\(([^()]+)\)/g, (whole: string, name: string) => known[name] ?? whole);

function secretValues({ data = {}, stringData }: Secret): Record<string, string> {
  const decoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]);
  return { ...Object.fromEntries(decoded), ...stringData };
}

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
  };
}

/** Further certificate authorities that Node trusts here. The edge needs them for an Authentik outside the fleet. */
export const authorityVariables = ({ NODE_EXTRA_CA_CERTS: file }: NodeJS.ProcessEnv): Record<string, string> =>
  file ? { NODE_EXTRA_CA_CERTS: file } : {};
