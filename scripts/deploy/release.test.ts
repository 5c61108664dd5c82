import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Operation } from 'rfc6902';
import { expect, test } from 'vitest';
import { applyChanges } from '../../fleet/manifests/changes.ts';
import { originsOf, productionHosts } from '../../fleet/product/hosts.ts';
import { ofKind, type KubeObject } from '../../fleet/manifests/objects.ts';
import { renderPinned } from '../../fleet/release/plan.ts';
import { gitIn } from '../../fleet/release/testing.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { scratchFolder } from '../../fleet/testing.ts';
import { comparedWithLive, pinnedFor, smokeTargetOf } from './release.ts';

const sha = '4f0b1c8d2e6a9f3b5c7d1e0f2a4b6c8d0e1f3a5b';
const pinned = await renderPinned(sha);
const patched = (kind: string, name: string, ...patch: Operation[]) =>
  applyChanges(pinned, [{ manifests: [{ target: { kind, name }, patch }] }]);

test('the hosts that the manifests give the apps, as many pods as the smallest app has, and the very revision', () => {
  const objects = patched('Deployment', 'portal', { op: 'replace', path: '/spec/replicas', value: 3 });
  const way = { proxy: 'http://p:1', ca: 'ca.pem', header: { 'x-gate': 'key' } };
  expect(smokeTargetOf(objects, sha, way)).toEqual({
    urls: originsOf(productionHosts),
    sha,
    pods: 2,
    wait: 30_000,
    budget: 180_000,
    authorize: true,
    proxy: 'http://p:1',
    caFile: 'ca.pem',
    headers: way.header,
  });
});

test('an app that is given no address cannot be looked at', () => {
  const objects = patched('ConfigMap', 'operator-config', { op: 'remove', path: '/data/NUXT_PUBLIC_OPERATOR_URL' });
  expect(() => smokeTargetOf(objects, sha, {})).toThrow('No ConfigMap of the manifests has NUXT_PUBLIC_OPERATOR_URL');
});

test('--to pins the manifests of that commit to it, --sha those of the checkout', async () => {
  const checkout = scratchFolder();
  const git = (...args: string[]): string => gitIn(checkout, ...args);
  cpSync(join(repositoryRoot, 'fleet/apps'), join(checkout, 'fleet/apps'), { recursive: true });
  const manifest = join(checkout, 'fleet/apps/operator.yaml');
  const text = readFileSync(manifest, 'utf8');
  git('init', '--quiet');
  const commitWith = (replicas: number): string => {
    writeFileSync(manifest, text.replace(/replicas: \d+/, `replicas: ${replicas}`));
    git('add', '.');
    git('commit', '--quiet', '--message', String(replicas));
    return git('rev-parse', 'HEAD');
  };
  const [before, now] = [commitWith(7), commitWith(8)];
  const operatorOf = async (options: { sha?: string; to?: string }) => {
    const { sha, pinned } = await pinnedFor(options, checkout);
    const operator = ofKind(pinned, 'Deployment').find(({ metadata }) => metadata.name === 'operator');
    return [sha, operator?.spec.replicas, operator?.spec.template.spec?.containers[0]?.image];
  };
  expect(await operatorOf({ to: before })).toEqual([before, 7, `dezky/operator:${before}`]);
  expect(await operatorOf({ sha: now })).toEqual([now, 8, `dezky/operator:${now}`]);
});

test('--sha does not go back behind what is live, and --to does', async () => {
  const checkout = scratchFolder();
  gitIn(checkout, 'init', '--quiet');
  const [older, newer] = ['older', 'newer'].map((message) => {
    gitIn(checkout, 'commit', '--quiet', '--allow-empty', '--message', message);
    return gitIn(checkout, 'rev-parse', 'HEAD');
  }) as [string, string];
  const live = ofKind(applyChanges(pinned, []), 'Deployment').map((object) => structuredClone(object));
  for (const { spec } of live) spec.template.metadata.labels['app.kubernetes.io/version'] = newer;
  const find = async (object: KubeObject) => live.find(({ metadata: { name } }) => name === object.metadata.name);
  const api = { find } as never;
  const digests = new Map(live.map(({ metadata: { name } }) => [name, `sha256:${'a'.repeat(64)}`]));
  const release = (to?: string) => comparedWithLive(api, pinned, { sha: older, to, digests, checkout });
  await expect(release()).rejects.toThrow(`${newer} is running, and ${older} is older`);
  expect(await release(older)).toHaveLength(pinned.length);
});
