import type { KubeObject } from '../../../manifests/objects.ts';
import { productionHosts } from '../../../product/hosts.ts';
import type { Engine } from '../../shared/engine.ts';
import { attach, reap, up } from '../engine.ts';
import { images } from './web.ts';

/** An engine that runs these objects, on the test server's image. */
export function engineFor(objects: readonly KubeObject[]): Pick<Engine, 'up' | 'attach' | 'reap'> {
  const description = {
    objects: async () => [...objects],
    images,
    imagesModule: import.meta.resolve('./web.ts'),
    hosts: productionHosts,
    store: { service: 'redis', port: 6379 },
  };
  return { up: (options) => up(description, options), attach: async (runId) => attach(runId), reap };
}
