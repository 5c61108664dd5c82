import type { KubeObject } from '../manifests/objects.ts';

/** Metadata that the API server maintains by itself. */
const serverFields = ['creationTimestamp', 'generation', 'managedFields', 'resourceVersion', 'selfLink', 'uid'];
/** Set by the Deployment controller at every rollout. */
const controllerAnnotations = ['deployment.kubernetes.io/revision'];

/** An object of a cluster without the fields that the cluster maintains: only its requested state. */
export function asAsked(object: KubeObject): KubeObject {
  const copy = structuredClone(object);
  delete copy['status'];
  for (const field of serverFields) Reflect.deleteProperty(copy.metadata, field);
  const { annotations } = copy.metadata;
  for (const name of controllerAnnotations) delete annotations?.[name];
  if (annotations && Object.keys(annotations).length === 0) delete copy.metadata.annotations;
  return copy;
}
