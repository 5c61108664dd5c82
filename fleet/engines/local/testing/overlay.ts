import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KubeObject } from '../../../manifests/objects.ts';
import type { Engine } from '../../shared/engine.ts';
import { createLocalEngine } from '../engine.ts';

/** An engine that runs these objects instead of `fleet/e2e`, on the test server's image. */
export function engineFor(directory: string, objects: readonly KubeObject[]): Engine {
  mkdirSync(directory, { recursive: true });
  const kustomization = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };
  writeFileSync(
    join(directory, 'kustomization.yaml'),
    JSON.stringify({ ...kustomization, resources: objects.map((_, index) => `object-${index}.yaml`) }),
  );
  for (const [index, object] of objects.entries()) {
    // Every JSON document is a YAML document.
    writeFileSync(join(directory, `object-${index}.yaml`), JSON.stringify(object));
  }
  return createLocalEngine({
    manifests: directory,
    imagesModule: fileURLToPath(new URL('./web.ts', import.meta.url)),
  });
}
