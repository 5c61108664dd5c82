import { imageOf } from '../../manifests/images.ts';
import { inNamespace } from '../../manifests/in-namespace.ts';
import type { KubeObject, PodTemplate } from '../../manifests/objects.ts';
import { clusterScoped } from '../../manifests/render.ts';

/** Label of every object of a run. */
export const runLabel = 'dezky.example/run';

export interface Place {
  runId: string;
  namespace: string;
  /** The reference to run, by key of fleet/manifests/images.ts. */
  images: Readonly<Record<string, string>>;
}

/**
 * The rendered objects as they go into a run's own namespace: its name where the manifests name theirs, this run's
 * images, and the run's label on everything that is the run's alone. Cluster-wide objects are shared by all runs, save
 * a binding, which is a run's.
 */
export const objectsForRun = (objects: readonly KubeObject[], place: Place): KubeObject[] =>
  inNamespace(objects, place.namespace).map((object) => {
    const isShared = clusterScoped.has(object.kind) && object.kind !== 'ClusterRoleBinding';
    if (object.kind === 'ClusterRoleBinding') object.metadata.name += `-${place.runId}`;
    if (!isShared) label(object.metadata, place.runId);
    if (object.kind === 'Deployment') placeDeployment(object, place);
    return object;
  });

function placeDeployment(object: KubeObject, place: Place): void {
  const { template } = object['spec'] as { template: PodTemplate };
  label(template.metadata, place.runId);
  for (const container of template.spec.containers) {
    const key = imageOf(container.image)?.key;
    container.image = (key === undefined ? undefined : place.images[key]) ?? container.image;
  }
}

function label(metadata: { labels?: Record<string, string> | undefined }, runId: string): void {
  metadata.labels = { ...metadata.labels, [runLabel]: runId };
}
