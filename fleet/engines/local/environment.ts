import type { Container, Deployment, EnvVar, KeyRef, Secret } from '../../manifests/objects.ts';
import type { Model } from './model.ts';

/** The pod fields of the downward API. */
export interface PodFacts {
  name: string;
  uid: string;
  namespace: string;
  labels: Readonly<Record<string, string>>;
  podIp: string;
  nodeName: string;
}

/** Like a kubelet's CreateContainerConfigError: the container cannot start with this configuration. */
export class ContainerConfigError extends Error {
  override readonly name = 'CreateContainerConfigError';
}

/**
 * The environment of a container, with the rules of a kubelet: envFrom in order, then env in order. `$(VAR)` in a value
 * refers to a variable defined before it, and `$$(VAR)` is the escaped form. A missing ConfigMap, Secret or key that is
 * not optional is a ContainerConfigError.
 */
export function environmentOf(
  model: Model,
  deployment: Deployment,
  container: Container,
  pod: PodFacts,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const [kind, ref] = configMapRef ? (['configmap', configMapRef] as const) : (['secret', secretRef] as const);
    if (!ref) continue;
    const values = kind === 'configmap' ? configMapValues(model, ref.name) : secretValues(model, ref.name);
    if (!values && ref.optional !== true) throw new ContainerConfigError(`${kind} "${ref.name}" not found`);
    for (const [key, value] of Object.entries(values ?? {})) environment[`${prefix}${key}`] = value;
  }
  for (const entry of container.env ?? []) {
    const value = entry.valueFrom ? valueFrom(model, entry.valueFrom, pod) : expand(entry.value ?? '', environment);
    if (value !== undefined) environment[entry.name] = value;
  }
  return environment;
}

function valueFrom(model: Model, source: NonNullable<EnvVar['valueFrom']>, pod: PodFacts): string | undefined {
  if (source.fieldRef) return field(source.fieldRef.fieldPath, pod);
  if (source.configMapKeyRef) {
    return keyOf('configmap', source.configMapKeyRef, configMapValues(model, source.configMapKeyRef.name));
  }
  if (source.secretKeyRef) return keyOf('secret', source.secretKeyRef, secretValues(model, source.secretKeyRef.name));
  return undefined;
}

function keyOf(kind: string, ref: KeyRef, values: Record<string, string> | undefined): string | undefined {
  const value = values?.[ref.key];
  if (value !== undefined || ref.optional === true) return value;
  throw new ContainerConfigError(
    values ? `couldn't find key ${ref.key} in ${kind} "${ref.name}"` : `${kind} "${ref.name}" not found`,
  );
}

const fields: Readonly<Record<string, (pod: PodFacts) => string>> = {
  'metadata.name': ({ name }) => name,
  'metadata.namespace': ({ namespace }) => namespace,
  'metadata.uid': ({ uid }) => uid,
  'status.podIP': ({ podIp }) => podIp,
  'spec.nodeName': ({ nodeName }) => nodeName,
};

function field(path: string, pod: PodFacts): string {
  const label = /^metadata\.labels\['([^']+)'\]$/.exec(path)?.[1];
  // An absent label is the empty string, like in the downward API.
  if (label !== undefined) return pod.labels[label] ?? '';
  const read = fields[path];
  if (read) return read(pod);
  throw new ContainerConfigError(
    `fieldRef ${path} is not modelled by the local engine; it knows metadata.labels['…'], ${Object.keys(fields).join(', ')}`,
  );
}

function expand(text: string, known: Readonly<Record<string, string>>): string {
  return text.replace(/\$(\$\(|\(([^()]+)\))/g, (whole: string, rest: string, name: string | undefined) => {
    if (rest === '$(') return '$(';
    // A reference to an undefined variable stays as written.
    return name === undefined ? whole : (known[name] ?? whole);
  });
}

function configMapValues(model: Model, name: string): Record<string, string> | undefined {
  const found = model.configMaps.find(({ metadata }) => metadata.name === name);
  return found && (found.data ?? {});
}

function secretValues(model: Model, name: string): Record<string, string> | undefined {
  const found: Secret | undefined = model.secrets.find(({ metadata }) => metadata.name === name);
  if (!found) return undefined;
  const decoded = Object.entries(found.data ?? {}).map(([key, value]) => [
    key,
    Buffer.from(value, 'base64').toString(),
  ]);
  return { ...Object.fromEntries(decoded), ...found.stringData };
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
