import { describe, expect, test } from 'vitest';
import type { Change } from './change.ts';
import { applyChanges } from './changes.ts';
import { named, type KubeObject } from './objects.ts';

const deployment = (name: string, configMap: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 2,
    template: {
      spec: {
        containers: [
          {
            name,
            image: 'x',
            envFrom: [{ configMapRef: { name: configMap } }, { secretRef: { name: 'keys' } }],
            env: [{ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
          },
        ],
      },
    },
  },
});

const objects: KubeObject[] = [
  deployment('web', 'web-config'),
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web-config' }, data: { COLOUR: 'blue', SIZE: '1' } },
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys' }, stringData: { KEY: 'k' } },
];

const apply = (change: Change, input = objects): KubeObject[] => applyChanges(input, [change]);
const envOf = (changed: KubeObject[]) =>
  named(changed, 'Deployment', 'web')?.spec.template.spec.containers[0]?.env?.map(({ name, value }) => [name, value]);
const env = (name: string, value: string | null): Change => ({ env: [{ deployment: 'web', name, value }] });

describe('an environment change', () => {
  test('sets a variable over what envFrom gives, and in the place of a valueFrom', () => {
    expect(envOf(apply(env('COLOUR', 'red')))).toEqual([
      ['POD_NAME', undefined],
      ['COLOUR', 'red'],
    ]);
    expect(envOf(apply(env('POD_NAME', 'me')))).toEqual([['POD_NAME', 'me']]);
  });

  test('removes a variable from env, a ConfigMap or a Secret', () => {
    expect(envOf(apply(env('POD_NAME', null)))).toEqual([]);
    expect(apply(env('COLOUR', null))[1]?.['data']).toEqual({ SIZE: '1' });
    expect(apply(env('KEY', null))[2]?.['stringData']).toEqual({});
  });

  test('that touches nothing is an error', () => {
    expect(() => apply(env('COLOR', null))).toThrow('Deployment web: COLOR is not set, so the change touches nothing.');
    const red = apply(env('COLOUR', 'red'));
    expect(() => apply(env('COLOUR', 'red'), red)).toThrow('COLOUR is already "red"');
    expect(() => apply({ env: [{ deployment: 'wep', name: 'A', value: 'b' }] })).toThrow(
      'Deployment wep: no such object, so the change touches nothing. There are: web;',
    );
  });
});

describe('a manifest patch', () => {
  const patch = (path: string, value: unknown, name = 'web'): Change => ({
    manifests: [{ target: { kind: 'Deployment', name }, patch: [{ op: 'replace', path, value }] }],
  });

  test('that does not fit is an error that names it', () => {
    expect(() => apply(patch('/spec/replicaz', 1))).toThrow(
      'Deployment web: the operation "replace /spec/replicaz" of the patch fails (MissingError)',
    );
    expect(() => apply(patch('/spec/replicas', 2))).toThrow('Deployment web: the patch leaves the object as it was.');
    expect(() => apply(patch('/spec/replicas', 1, 'wep'))).toThrow('Deployment wep: no such object');
  });
});
