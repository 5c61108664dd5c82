import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { scratchFolder } from '../testing.ts';
import { repositoryRoot } from '../root.ts';
import { findOnPath } from './images.ts';
import { named, type KubeObject } from './objects.ts';
import { render } from './render.ts';

const byIdentity = (objects: readonly KubeObject[]): Record<string, KubeObject> =>
  Object.fromEntries(objects.map((object) => [`${object.kind} ${object.metadata.name}`, object]));

const kustomize = [
  ['kustomize', 'build'],
  ['kubectl', 'kustomize'],
].find(([program = '']) => findOnPath(program));

describe.each(['apps', 'e2e', 'e2e/cluster'])('fleet/%s', (name) => {
  const directory = join(repositoryRoot, 'fleet', name);
  const skipped = kustomize ? '' : ' (skipped: neither kustomize nor kubectl is on PATH)';

  test.skipIf(!kustomize)(`comes out as kustomize renders it${skipped}`, async () => {
    const [program = '', verb = ''] = kustomize ?? [];
    const { stdout, stderr, status } = spawnSync(program, [verb, directory], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const expected = [...parseAllDocuments(stdout)].map((document) => document.toJS() as KubeObject);
    expect(byIdentity(await render(directory))).toEqual(byIdentity(expected));
  });
});

describe('render', () => {
  let directory: string;
  beforeEach(() => {
    directory = scratchFolder();
  });

  const write = (files: Record<string, string>): void => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(directory, name, '..'), { recursive: true });
      writeFileSync(join(directory, name), text);
    }
  };
  const head = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';
  const deployment = (image: string): string =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    metadata: { labels: {} }\n    spec:\n      containers:\n        - image: ${image}\n`;
  const imageOf = (objects: KubeObject[]): unknown =>
    named(objects, 'Deployment', 'web')?.spec.template.spec.containers[0]?.image;

  test.each([
    ['registry:5000/web:1', '{ name: "registry:5000/web", newTag: "2" }', 'registry:5000/web:2'],
    ['web:1', '{ name: web, digest: "sha256:0f" }', 'web@sha256:0f'],
    ['web@sha256:0f', '{ name: web, newTag: "2" }', 'web:2'],
    ['webby:1', '{ name: web, newTag: "2" }', 'webby:1'],
  ])('turns the image %s by %s into %s', async (image, setting, expected) => {
    write({
      'kustomization.yaml': `${head}resources: [web.yaml]\nimages: [${setting}]\n`,
      'web.yaml': deployment(image),
    });
    expect(imageOf(await render(directory))).toBe(expected);
  });

  test('takes in other kustomizations, and the outer namespace wins', async () => {
    write({
      'base/kustomization.yaml': `${head}namespace: inner\nresources: [web.yaml]\n`,
      'base/web.yaml': deployment('web:1'),
      'kustomization.yaml': `${head}namespace: outer\nresources: [base]\n`,
    });
    expect((await render(directory)).map(({ metadata }) => metadata)).toEqual([{ name: 'web', namespace: 'outer' }]);
  });

  test('replaces values by patches, and refuses any other operation and what is no YAML, by name', async () => {
    const patched = (patch: string) =>
      write({
        'kustomization.yaml': `${head}resources: [web.yaml]\npatches: [{ target: { kind: Deployment, name: web }, patch: '${patch}' }]\n`,
        'web.yaml': deployment('web:1'),
      });
    patched('[{ op: replace, path: /metadata/name, value: other }]');
    expect((await render(directory))[0]?.metadata.name).toBe('other');
    patched('[{ op: remove, path: /metadata/name }]');
    await expect(render(directory)).rejects.toThrow('"patches.0.patch.0.op" is not something');
    patched('[{ op: replace');
    await expect(render(directory)).rejects.toThrow('"patches.0.patch" is not something');
  });

  test('refuses what it does not read, by name', async () => {
    write({ 'kustomization.yaml': `${head}configMapGenerator: [{ name: x }]\n` });
    await expect(render(directory)).rejects.toThrow(
      /kustomization\.yaml: "configMapGenerator" is not something fleet\/manifests\/render\.ts reads/,
    );
    write({ 'kustomization.yaml': `${head}images: [{ name: web, tagSuffix: x }]\n` });
    await expect(render(directory)).rejects.toThrow('"images.0.tagSuffix" is not something');
  });

  test('names the file that is missing, is not YAML, is no object or comes twice', async () => {
    write({ 'kustomization.yaml': `${head}resources: [web.yaml]\n` });
    await expect(render(directory)).rejects.toThrow(/web\.yaml cannot be read/);
    write({ 'web.yaml': 'a: [' });
    await expect(render(directory)).rejects.toThrow(/web\.yaml is not YAML/);
    write({ 'web.yaml': 'kind: Deployment\nmetadata: { name: web }\n' });
    await expect(render(directory)).rejects.toThrow(/"apiVersion" is missing or wrong/);
    write({ 'web.yaml': `${deployment('web')}---\n${deployment('web')}` });
    await expect(render(directory)).rejects.toThrow('Deployment web comes from two resources');
  });
});
