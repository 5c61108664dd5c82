import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { scratchFolder } from '../testing.ts';
import { releaseTarget } from './target.ts';

const folder = scratchFolder(afterAll);

const kubeconfig = (current: string, namespace?: string): string => {
  const file = join(folder, `${current}-${namespace}`);
  const context = (name: string) => ({
    name,
    context: { cluster: 'c', user: 'u', ...(namespace ? { namespace } : {}) },
  });
  const config = {
    'current-context': current,
    clusters: [{ name: 'c', cluster: { server: 'https://c.example' } }],
    users: [{ name: 'u', user: { token: 'secret' } }],
    contexts: [context('ci-deployer'), context('production')],
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
};
const wanted = { context: 'ci-deployer', namespace: undefined };

test('goes where the manifests say, to the named context', () => {
  const target = releaseTarget({ ...wanted, kubeconfig: kubeconfig('ci-deployer', 'dezky') }, 'dezky');
  expect(target.namespace).toBe('dezky');
  expect(JSON.parse(target.kubeconfig)).toMatchObject({ 'current-context': 'ci-deployer' });
  expect(releaseTarget({ ...wanted, kubeconfig: kubeconfig('ci-deployer') }, 'dezky').namespace).toBe('dezky');
});

test('a context that is not the current one is refused, without a word of its token', () => {
  const ask = () => releaseTarget({ ...wanted, kubeconfig: kubeconfig('production') }, 'dezky');
  expect(ask).toThrow(/is "production", not "ci-deployer"\. .*kubectl config use-context ci-deployer/);
  expect(ask).not.toThrow(/secret/);
});

test('no kubeconfig, no such context and no such file are told', () => {
  expect(() => releaseTarget({ ...wanted, kubeconfig: undefined }, 'dezky')).toThrow('No kubeconfig is named.');
  expect(() => releaseTarget({ ...wanted, context: 'x', kubeconfig: kubeconfig('x') }, 'dezky')).toThrow(
    'no complete context "x". Its contexts: ci-deployer, production',
  );
  for (const kubeconfig of [join(folder, 'none'), folder, '/dev/zero'])
    expect(() => releaseTarget({ ...wanted, kubeconfig }, 'dezky')).toThrow(`${kubeconfig} cannot be read`);
});

test('a context of another namespace is refused until that is named', () => {
  const file = kubeconfig('ci-deployer', 'staging');
  expect(() => releaseTarget({ ...wanted, kubeconfig: file }, 'dezky')).toThrow(
    'is for the namespace staging, and the release for dezky. If that is meant: --namespace staging',
  );
  expect(releaseTarget({ ...wanted, namespace: 'staging', kubeconfig: file }, 'dezky').namespace).toBe('staging');
});
