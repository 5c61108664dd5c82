import type { KubeObject } from '../manifests/objects.ts';

/** One value of a ConfigMap or Secret, or why it is not valid. */
export type KnownValue = { value: string } | { fault: string };

/** The values of a ConfigMap or Secret, decoded. `stringData` overrides `data`, as in Kubernetes. */
export function valuesOf(object: KubeObject): Map<string, KnownValue> {
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
