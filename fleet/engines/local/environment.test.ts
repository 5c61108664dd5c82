import { describe, expect, test } from 'vitest';
import type { Container, Deployment } from '../../manifests/objects.ts';
import { environmentOf } from './environment.ts';
import type { Model } from './model.ts';

const model: Model = {
  deployments: [],
  services: [],
  ingresses: [],
  middlewares: [],
  configMaps: [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' }, data: { A: 'one', B: 'one', C: 'one' } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'two' }, data: { B: 'two' } },
  ],
  secrets: [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'keys' },
      data: { D: 'ZGVjb2RlZA==' },
      stringData: { E: 'plain' },
    },
  ],
};
const pod = {
  name: 'web-1',
  uid: 'u',
  namespace: 'dezky',
  labels: { 'app.kubernetes.io/version': '7' },
  podIp: '127.0.0.1',
  nodeName: 'node',
};
const of = (container: Partial<Container>) =>
  environmentOf(model, {} as Deployment, { name: 'web', image: 'x', ...container }, pod);

describe('the environment of a container', () => {
  test('has envFrom in order, and env over it', () => {
    const envFrom = [{ configMapRef: { name: 'one' } }, { configMapRef: { name: 'two' } }];
    expect(of({ envFrom, env: [{ name: 'C', value: 'own' }] })).toEqual({ A: 'one', B: 'two', C: 'own' });
  });

  test('knows the downward API', () => {
    const fields = {
      NAME: 'metadata.name',
      NAMESPACE: 'metadata.namespace',
      UID: 'metadata.uid',
      VERSION: "metadata.labels['app.kubernetes.io/version']",
      NONE: "metadata.labels['none']",
      IP: 'status.podIP',
      NODE: 'spec.nodeName',
    };
    const env = Object.entries(fields).map(([name, fieldPath]) => ({ name, valueFrom: { fieldRef: { fieldPath } } }));
    expect(of({ env })).toEqual({
      NAME: 'web-1',
      NAMESPACE: 'dezky',
      UID: 'u',
      VERSION: '7',
      NONE: '',
      IP: '127.0.0.1',
      NODE: 'node',
    });
    expect(() => of({ env: [{ name: 'X', valueFrom: { fieldRef: { fieldPath: 'spec.hostname' } } }] })).toThrow(
      'fieldRef spec.hostname is not modelled',
    );
  });

  test('expands what was defined before, and nothing else', () => {
    const env = [
      { name: 'A', value: 'a' },
      { name: 'B', value: '$(A)-$(LATER)-$$(A)-$A' },
      { name: 'LATER', value: 'x' },
    ];
    expect(of({ env })['B']).toBe('a-$(LATER)-$(A)-$A');
  });

  test('cannot do without what is not optional', () => {
    const ref = (optional?: boolean) => ({ name: 'none', key: 'K', ...(optional === undefined ? {} : { optional }) });
    expect(() => of({ envFrom: [{ secretRef: { name: 'none' } }] })).toThrow('secret "none" not found');
    expect(() => of({ env: [{ name: 'X', valueFrom: { configMapKeyRef: ref() } }] })).toThrow(
      'configmap "none" not found',
    );
    expect(() => of({ env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'keys', key: 'K' } } }] })).toThrow(
      'couldn\'t find key K in secret "keys"',
    );
    expect(
      of({
        envFrom: [{ configMapRef: { name: 'none', optional: true } }],
        env: [{ name: 'X', valueFrom: { secretKeyRef: ref(true) } }],
      }),
    ).toEqual({});
  });
});
