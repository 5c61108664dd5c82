import { createTwoFilesPatch } from 'diff';
import { stringify } from 'yaml';
import type { KubernetesApi } from '../kubernetes/api.ts';
import type { KubeObject } from '../manifests/objects.ts';
import { asAsked } from './live.ts';

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
