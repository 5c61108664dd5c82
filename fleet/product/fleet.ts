import { join } from 'node:path';
import { enginesFor } from '../engines/engines.ts';
import type { FleetDescription } from '../engines/shared/description.ts';
import { repositoryRoot } from '../root.ts';
import { developmentHosts, productionHosts } from './hosts.ts';
import { images } from './images.ts';

// Loaded on first use, which `--help` of a command is not.
const rendered = async (folder: string) =>
  (await import('../manifests/render.ts')).render(join(repositoryRoot, folder));

/** Dezky's fleet: what the engines need to know of the product. */
export const dezky: FleetDescription = {
  objects: () => rendered('fleet/e2e'),
  clusterObjects: () => rendered('fleet/e2e/cluster'),
  images,
  imagesModule: import.meta.resolve('./images.ts'),
  hosts: productionHosts,
  fallback: {
    hosts: developmentHosts,
    isUrlVariable: (name) => name.startsWith('NUXT_PUBLIC_') || name === 'AUTH_URL',
  },
  store: { service: 'dezky-data', port: 6379 },
};

export const engines = enginesFor(dezky);
export const { engineOf, engineOfRun } = engines;
