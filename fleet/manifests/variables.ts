import { idOf, type Container, type KubeObject, type ObjectRef } from './objects.ts';

/** One value of a ConfigMap or Secret, or why it is not valid. */
export type KnownValue = { value: string } | { fault: string };

/** The values of a ConfigMap or Secret, decoded. `stringData` overrides `data`, as in Kubernetes. */
export function sourceValues(object: KubeObject): Map<string, KnownValue> {
  const values = new Map<string, KnownValue>();
  const isSecret = object.kind === 'Secret';
  for (const [key, value] of fieldsOf(object['data'])) values.set(key, isSecret ? decoded(value) : plain(value));
  if (isSecret) for (const [key, value] of fieldsOf(object['stringData'])) values.set(key, plain(value));
  return values;
}

const fieldsOf = (data: unknown): Array<[string, unknown]> => Object.entries(data ?? {});

// A number or a boolean: the API server refuses the object, and the YAML parser has lost the original notation.
const plain = (value: unknown): KnownValue =>
  typeof value === 'string' ? { value } : { fault: 'is not a string: put it in quotes' };

function decoded(value: unknown): KnownValue {
  if (typeof value !== 'string') return plain(value);
  const base64 = value.replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4 !== 0) {
    return { fault: 'is under data but not base64: encode it, or move it to stringData' };
  }
  return { value: Buffer.from(base64, 'base64').toString() };
}

export type ContainerVariable = KnownValue & {
  name: string;
  /** `ConfigMap shop-config`, `Secret shop-secrets`, or `env`. */
  from: string;
};

/** The pod fields of the downward API. */
export interface PodFacts {
  name: string;
  namespace: string;
  labels: Readonly<Record<string, string>>;
}

export interface Reference {
  id: string;
  /** Of an object that is given, and has no such key. */
  key?: string;
  optional: boolean;
}

/**
 * The variables of a container in the order in which a kubelet sets them: envFrom, then env. A later one overrides.
 * @param onMissing called with each reference to an object that is not given.
 */
export function variablesOf(
  { envFrom = [], env = [] }: Container,
  objects: readonly KubeObject[],
  pod: PodFacts = { name: '', namespace: '', labels: {} },
  onMissing: (missing: Reference) => void = () => {},
): ContainerVariable[] {
  const referenced = (configMap: ObjectRef | undefined, secret: ObjectRef | undefined) => {
    const ref = configMap ?? secret;
    const id = `${configMap ? 'ConfigMap' : 'Secret'} ${ref?.name}`;
    const object = objects.find((candidate) => idOf(candidate) === id);
    if (!object) onMissing({ id, optional: ref?.optional ?? false });
    return [...(object ? sourceValues(object) : [])].map(([key, known]) => ({ key, from: id, ...known }));
  };
  const ofObjects = envFrom.flatMap(({ prefix = '', configMapRef, secretRef }): ContainerVariable[] =>
    referenced(configMapRef, secretRef).map(({ key, ...known }) => ({ ...known, name: prefix + key })),
  );
  const own = env.flatMap(({ name, value = '', valueFrom = {} }): ContainerVariable[] => {
    const { fieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
    const ref = configMapKeyRef ?? secretKeyRef;
    if (!ref) return [{ name, from: 'env', value: fieldRef ? fieldOf(fieldRef.fieldPath, pod) : value }];
    const known = referenced(configMapKeyRef, secretKeyRef).find(({ key }) => key === ref.key);
    if (known) return [{ ...known, name }];
    const id = `${configMapKeyRef ? 'ConfigMap' : 'Secret'} ${ref.name}`;
    onMissing({ id, key: ref.key, optional: ref.optional ?? false });
    return [];
  });
  return [...ofObjects, ...own];
}

/** `metadata.labels['…']` */
export const labelPath = /^metadata\.labels\['([^']+)'\]$/;

function fieldOf(path: string, { name, namespace, labels }: PodFacts): string {
  if (path === 'metadata.name') return name;
  if (path === 'metadata.namespace') return namespace;
  // An absent label is the empty string, like in the downward API.
  return labels[labelPath.exec(path)?.[1] ?? ''] ?? '';
}
