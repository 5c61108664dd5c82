import type { KubeObject } from '../../../manifests/objects.ts';
import { productionHosts } from '../../../product/hosts.ts';
import type { EngineCalls } from '../../shared/engine.ts';
import { createLocalEngine } from '../engine.ts';
import { images } from './web.ts';

/** An engine that runs these objects, on the test server's image. */
export const engineFor = (objects: readonly KubeObject[]): EngineCalls =>
  createLocalEngine({
    objects: async () => [...objects],
    images,
    imagesModule: import.meta.resolve('./web.ts'),
    hosts: productionHosts,
    store: { service: 'redis', port: 6379 },
  });
