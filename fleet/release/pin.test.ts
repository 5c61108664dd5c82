import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findOnPath, shippedApps } from '../manifests/images.ts';
import { versionLabel } from '../manifests/objects.ts';
import type { Deployment } from '../manifests/objects.ts';
import { manifestRules, releasedAs, violationsOf } from '../manifests/rules.ts';
import { repositoryRoot } from '../root.ts';
import { renderPinned } from './pin.ts';

const sha = '4f0b1c8d2e6a9f3b5c7d1e0f2a4b6c8d0e1f3a5b';
const manifests = join(repositoryRoot, 'fleet/apps');
const kustomize = findOnPath('kustomize');
const appImages = shippedApps.map(({ name }) => name);

test('the images of the product are these', () => {
  expect(appImages.toSorted()).toEqual(['dezky/operator', 'dezky/platform-api', 'dezky/portal']);
});

test('every app is pinned, says so by its label, and breaks no rule', async () => {
  const before = await readFile(join(manifests, 'kustomization.yaml'), 'utf8');
  const objects = await renderPinned(sha);
  const deployments = objects.filter(({ kind }) => kind === 'Deployment') as unknown as Deployment[];
  expect(deployments.map(({ spec }) => spec.template.spec.containers[0]?.image).toSorted()).toEqual(
    appImages.map((name) => `${name}:${sha}`).toSorted(),
  );
  for (const { spec } of deployments) {
    expect(spec.template.metadata.labels[versionLabel]).toBe(sha);
    expect(spec.selector.matchLabels).not.toHaveProperty(versionLabel);
  }
  expect(violationsOf(objects, [...manifestRules, releasedAs(sha)])).toEqual([]);
  expect(await readFile(join(manifests, 'kustomization.yaml'), 'utf8')).toBe(before);
});

describe('by hand', () => {
  const skipped = kustomize ? '' : ' (skipped: kustomize is not on PATH)';

  test.skipIf(!kustomize)(`comes to what kustomize edit comes to${skipped}`, async () => {
    expect(await renderPinned(sha, { kustomize: null })).toEqual(await renderPinned(sha, { kustomize }));
  });

  test('takes the place of a digest, and adds what no kustomization names', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pin-'));
    try {
      await cp(manifests, folder, { recursive: true });
      const file = join(folder, 'kustomization.yaml');
      const text = await readFile(file, 'utf8');
      const digest = `digest: sha256:${'0'.repeat(64)}`;
      await writeFile(file, text.replace('newTag: 1.0.0', digest).replace(/ {2}- name: dezky\/portal\n.*\n/, ''));
      for (const tool of kustomize ? [null, kustomize] : [null]) {
        const objects = await renderPinned(sha, { manifests: folder, kustomize: tool });
        expect(violationsOf(objects, [releasedAs(sha)])).toEqual([]);
        expect(JSON.stringify(objects)).not.toContain('sha256:');
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

test('a kustomize that fails is told with what it said', async () => {
  await expect(renderPinned(sha, { kustomize: '/usr/bin/false' })).rejects.toThrow(
    '/usr/bin/false edit set image failed:',
  );
});
