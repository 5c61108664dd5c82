import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shippedApps } from '../product/images.ts';
import { ofKind, versionLabel } from '../manifests/objects.ts';
import { manifestRules, releasedAs } from '../rules/rules.ts';
import { violationsOf } from '../manifests/rule.ts';
import { repositoryRoot } from '../root.ts';
import { scratchFolder } from '../testing.ts';
import { renderPinned } from './plan.ts';

const sha = '4f0b1c8d2e6a9f3b5c7d1e0f2a4b6c8d0e1f3a5b';
const manifests = join(repositoryRoot, 'fleet/apps');
const appImages = shippedApps.map(({ name }) => name);

test('every app is pinned, says so by its label, and breaks no rule', async () => {
  const before = readFileSync(join(manifests, 'kustomization.yaml'), 'utf8');
  const objects = await renderPinned(sha);
  const deployments = ofKind(objects, 'Deployment');
  expect(deployments.map(({ spec }) => spec.template.spec.containers[0]?.image).toSorted()).toEqual(
    appImages.map((name) => `${name}:${sha}`).toSorted(),
  );
  for (const { spec } of deployments) {
    expect(spec.template.metadata.labels[versionLabel]).toBe(sha);
    expect(spec.selector.matchLabels).not.toHaveProperty(versionLabel);
  }
  expect(violationsOf(objects, [...manifestRules, releasedAs(sha)])).toEqual([]);
  expect(readFileSync(join(manifests, 'kustomization.yaml'), 'utf8')).toBe(before);
});

test('takes the place of a digest, and adds what no kustomization names', async () => {
  const copy = scratchFolder();
  cpSync(manifests, copy, { recursive: true });
  const file = join(copy, 'kustomization.yaml');
  const text = readFileSync(file, 'utf8');
  const digest = `digest: sha256:${'0'.repeat(64)}`;
  writeFileSync(file, text.replace('newTag: 1.0.0', digest).replace(/ {2}- name: dezky\/portal\n.*\n/, ''));
  const objects = await renderPinned(sha, copy);
  expect(violationsOf(objects, [releasedAs(sha)])).toEqual([]);
  expect(JSON.stringify(objects)).not.toContain('sha256:');
});
