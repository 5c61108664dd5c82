import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitIn } from '../release/testing.ts';
import { repositoryRoot } from '../root.ts';

/**
 * Only `npm run deploy` decides which release runs. A second controller of the manifests or image tags would undo a
 * rollback.
 */
const traces = [/\$imagepolicy/, /\bfluxcd\.io\b/, /\bGitRepository\b|\bHelmRelease\b|\bImageUpdateAutomation\b/];
const tracesIn = (text: string): string[] => traces.filter((trace) => trace.test(text)).map(String);

test('no YAML of the repository belongs to Flux or is marked for it', () => {
  const files = gitIn(repositoryRoot, 'ls-files', '*.yaml', '*.yml').split('\n');
  expect(files).toContain('fleet/apps/kustomization.yaml');
  expect(files).toContain('.github/workflows/release.yml');
  expect(files.filter((file) => tracesIn(readFileSync(join(repositoryRoot, file), 'utf8')).length > 0)).toEqual([]);
});
