import { readFileSync } from 'node:fs';
import { KubernetesApi } from '../../kubernetes/api.ts';
import type { KubernetesPlace } from '../../run/state.ts';

/** Field manager of the fields that an engine sets. */
export const fieldManager = 'fleet-e2e';

export const apiOf = ({ kubeconfig }: Pick<KubernetesPlace, 'kubeconfig'>): KubernetesApi =>
  new KubernetesApi(readFileSync(kubeconfig, 'utf8'), fieldManager);
