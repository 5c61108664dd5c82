import { createTwoFilesPatch } from 'diff';
import { stringify } from 'yaml';
import type { KubernetesApi } from '../kubernetes/api.ts';
import type { KubeObject } from '../manifests/objects.ts';

const linesAround = 3;

/**
 * The changes that applying would make, as unified diffs of YAML. They come from a dry run in the cluster, so that its
 * defaults do not count as differences. Empty when nothing would change.
 */
export async function differenceOf(api: KubernetesApi, objects: readonly KubeObject[]): Promise<string> {
  const diffs = await Promise.all(
    objects.map(async (object) => {
      const [before, after] = await Promise.all([api.find(object), api.apply(object, { dryRun: true })]);
      return unified(object, before, after);
    }),
  );
  return diffs.filter((diff) => diff !== '').join('\n');
}

function unified({ kind, metadata: { name } }: KubeObject, before: KubeObject | undefined, after: KubeObject): string {
  const [old, wanted] = [before ? yamlOf(before) : '', yamlOf(after)];
  if (old === wanted) return '';
  const title = `${kind} ${name}`;
  return createTwoFilesPatch(before ? title : 'nothing', title, old, wanted, 'in the cluster', 'released', {
    context: linesAround,
  }).replace(/^(Index: .*\n)?=+\n/, '');
}

const yamlOf = (object: KubeObject): string => stringify(asAsked(object), { sortMapEntries: true, lineWidth: 0 });

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
