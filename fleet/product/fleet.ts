import { join } from 'node:path';
import { enginesFor } from '../engines/engines.ts';
import type { FleetDescription } from '../engines/shared/description.ts';
import { render } from '../manifests/render.ts';
import { repositoryRoot } from '../root.ts';
import { developmentHosts, productionHosts } from './hosts.ts';
import { images } from './images.ts';

/** Dezky's fleet: what the engines need to know of the product. */
export const dezky: FleetDescription = {
  objects: () => render(join(repositoryRoot, 'fleet/e2e')),
  clusterObjects: () => render(join(repositoryRoot, 'fleet/e2e/cluster')),
  images,
  imagesModule: join(repositoryRoot, 'fleet/product/images.ts'),
  hosts: productionHosts,
  fallback: {
    hosts: developmentHosts,
    isUrlVariable: (name) => name.startsWith('NUXT_PUBLIC_') || name === 'AUTH_URL',
  },
  store: { service: 'dezky-data', port: 6379 },
};

export const { engineNames, engineOf, engineOfRun } = enginesFor(dezky);
