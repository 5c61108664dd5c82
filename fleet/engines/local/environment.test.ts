import { describe, expect, test } from 'vitest';
import type { Container, KubeObject } from '../../manifests/objects.ts';
import { environmentOf } from './environment.ts';

const objects: KubeObject[] = [
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' }, data: { A: 'one', B: 'one', C: 'one' } },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'two' }, data: { B: 'two' } },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'keys' },
    data: { D: 'ZGVjb2RlZA==' },
    stringData: { E: 'plain' },
  },
];
const pod = {
  name: 'web-1',
  namespace: 'dezky',
  labels: { 'app.kubernetes.io/version': '7' },
};
const of = (container: Partial<Container>) => environmentOf({ name: 'web', image: 'x', ...container }, objects, pod);

describe('the environment of a container', () => {
  test('has envFrom in order, and env over it', () => {
    const envFrom = [{ configMapRef: { name: 'one' } }, { configMapRef: { name: 'two' } }];
    expect(of({ envFrom, env: [{ name: 'C', value: 'own' }] })).toEqual({ A: 'one', B: 'two', C: 'own' });
  });

  test('knows the downward API', () => {
    const fields = {
      NAME: 'metadata.name',
      NAMESPACE: 'metadata.namespace',
      VERSION: "metadata.labels['app.kubernetes.io/version']",
      NONE: "metadata.labels['none']",
    };
    const env = Object.entries(fields).map(([name, fieldPath]) => ({ name, valueFrom: { fieldRef: { fieldPath } } }));
    expect(of({ env })).toEqual({
      NAME: 'web-1',
      NAMESPACE: 'dezky',
      VERSION: '7',
      NONE: '',
    });
  });

  test('expands what was defined before, and nothing else', () => {
    const env = [
      { name: 'A', value: 'a' },
      { name: 'B', value: '$(A)-$(LATER)-$A' },
      { name: 'LATER', value: 'x' },
    ];
    expect(of({ env })['B']).toBe('a-$(LATER)-$A');
  });

  test('cannot do without what is not optional', () => {
    expect(() => of({ envFrom: [{ secretRef: { name: 'none' } }] })).toThrow('secret "none" not found');
    expect(() => of({ envFrom: [{ configMapRef: { name: 'none' } }] })).toThrow('configmap "none" not found');
    expect(of({ envFrom: [{ configMapRef: { name: 'none', optional: true } }] })).toEqual({});
    const oneOf = (key: string) => [{ name: 'V', valueFrom: { secretKeyRef: { name: 'keys', key } } }];
    expect(of({ env: oneOf('E') })).toEqual({ V: 'plain' });
    expect(() => of({ env: oneOf('Z') })).toThrow("couldn't find key Z in Secret keys");
  });

  test('has the values of Secrets, decoded', () => {
    expect(of({ envFrom: [{ secretRef: { name: 'keys' } }] })).toEqual({ D: 'decoded', E: 'plain' });
  });
});
