import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../root.ts';

/**
 * Only `npm run deploy` decides which release runs. A second controller of the manifests or image tags would undo a
 * rollback.
 */
const traces = [/\$imagepolicy/, /\bfluxcd\.io\b/, /\bGitRepository\b|\bHelmRelease\b|\bImageUpdateAutomation\b/];
const tracesIn = (text: string): string[] => traces.filter((trace) => trace.test(text)).map(String);

const made = new Set(['node_modules', '.git', '.cache', '.fleet', 'reports', '.output', '.nuxt']);
const yamlFiles = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return made.has(entry.name) ? [] : yamlFiles(path);
    return /\.ya?ml$/.test(entry.name) ? [path] : [];
  });

test('no YAML of the repository belongs to Flux or is marked for it', () => {
  const files = yamlFiles(repositoryRoot);
  expect(files).toContain(join(repositoryRoot, 'fleet/apps/kustomization.yaml'));
  expect(files).toContain(join(repositoryRoot, '.github/workflows/release.yml'));
  expect(files.filter((file) => tracesIn(readFileSync(file, 'utf8')).length > 0)).toEqual([]);
});

test.each([
  'newTag: 1.0.0 # {"$imagepolicy": "flux-system:operator:tag"}',
  'apiVersion: kustomize.toolkit.fluxcd.io/v1',
  'kind: ImageUpdateAutomation',
])('%s would be found', (text) => {
  expect(tracesIn(text)).not.toEqual([]);
});
