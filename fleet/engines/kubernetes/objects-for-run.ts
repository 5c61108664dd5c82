import { imageOf, type Images } from '../../manifests/images.ts';
import { inNamespace } from '../../manifests/in-namespace.ts';
import { isKind, type Deployment, type KubeObject } from '../../manifests/objects.ts';
import { clusterScoped } from '../../manifests/render.ts';

export const runLabel = 'fleet/run';

export const namespaceOf = (runId: string): string => `fleet-${runId}`;

export interface PlaceOfRun {
  runId: string;
  namespace: string;
  /** The images that the manifests may name, and the reference of each to run. */
  known: Images;
  images: Readonly<Record<string, string>>;
}

/**
 * The rendered objects for a run's own namespace. They get the run's namespace and images. Objects that belong only to
 * the run also get its label. Cluster-wide objects, except bindings, are shared by all runs.
 */
export const objectsForRun = (objects: readonly KubeObject[], place: PlaceOfRun): KubeObject[] =>
  inNamespace(objects, place.namespace).map((object) => {
    const isShared = clusterScoped.has(object.kind) && object.kind !== 'ClusterRoleBinding';
    if (object.kind === 'ClusterRoleBinding') object.metadata.name += `-${place.runId}`;
    if (!isShared) label(object.metadata, place.runId);
    if (hasPods(object)) placePods(object, place);
    return object;
  });

/** The template of pods of a Job is that of a Deployment (`core/v1` PodTemplateSpec). */
const hasPods = (object: KubeObject): object is Deployment => isKind(object, 'Deployment') || object.kind === 'Job';

function placePods({ spec: { template } }: Deployment, place: PlaceOfRun): void {
  label(template.metadata, place.runId);
  for (const container of template.spec.containers) {
    const key = imageOf(container.image, place.known)?.key;
    container.image = (key === undefined ? undefined : place.images[key]) ?? container.image;
  }
}

function label(metadata: { labels?: Record<string, string> | undefined }, runId: string): void {
  metadata.labels = { ...metadata.labels, [runLabel]: runId };
}
