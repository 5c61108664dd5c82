import { HarnessError } from '../errors.ts';
import type { KubernetesApi } from '../kubernetes/api.ts';
import { shippedApps } from '../product/images.ts';
import { isKind, onlyContainer, type KubeObject } from '../manifests/objects.ts';

/** Annotation of a Deployment: its last releases, as `<commit>@sha256:…`, the newest first. */
const releasesAnnotation = 'dezky/releases';
const keptReleases = 20;

/** The digest of each app's image, as in `operator@sha256:… portal@sha256:…`. @throws HarnessError when one is not there. */
export function digestsIn(text: string): ReadonlyMap<string, string> {
  const given = new Map(text.split(/[\s,]+/).map((each) => each.split('@', 2) as [string, string]));
  const without = shippedApps.filter(({ app }) => !/^sha256:[0-9a-f]{64}$/.test(given.get(app) ?? ''));
  if (without.length === 0) return new Map(shippedApps.map(({ app }) => [app, given.get(app) ?? '']));
  throw new HarnessError(
    `There is no digest of ${without.map(({ app }) => app).join(', ')}. Give what docker push printed, as <app>@sha256:<64 digits>, for every app.`,
  );
}

/**
 * The objects of a release with each image pinned to its digest, because a tag can be pushed again. An annotation keeps the
 * digests for going back.
 * @param given the digests, by app. Default: what the cluster has kept of that release.
 * @throws HarnessError when a digest is neither given nor kept.
 */
export async function byDigest(
  api: Pick<KubernetesApi, 'find'>,
  objects: readonly KubeObject[],
  sha: string,
  given?: ReadonlyMap<string, string>,
): Promise<KubeObject[]> {
  const unknown: string[] = [];
  const pinned = await Promise.all(
    objects.map(async (object) => {
      if (!isKind(object, 'Deployment')) return object;
      const { name } = object.metadata;
      const live = await api.find(object);
      const releases = live?.metadata.annotations?.[releasesAnnotation]?.split(' ') ?? [];
      const isIt = (release: string): boolean => release.startsWith(`${sha}@`);
      const digest = given?.get(name) ?? releases.find(isIt)?.slice(`${sha}@`.length);
      if (digest === undefined) unknown.push(name);
      const kept = [`${sha}@${digest}`, ...releases.filter((release) => !isIt(release))].slice(0, keptReleases);
      const copy = structuredClone(object);
      copy.metadata.annotations = { ...copy.metadata.annotations, [releasesAnnotation]: kept.join(' ') };
      const container = onlyContainer(copy);
      if (container) container.image += `@${digest}`;
      return copy;
    }),
  );
  if (unknown.length === 0) return pinned;
  throw new HarnessError(
    `The cluster does not know the digests of ${sha} of ${unknown.toSorted().join(', ')}, and its tags may have moved. ` +
      `Give what docker push printed: --digests '<app>@sha256:<64 digits> …'`,
  );
}
