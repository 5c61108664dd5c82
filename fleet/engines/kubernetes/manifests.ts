import { join } from 'node:path';
import { buildApps } from '../../build/builds.ts';
import { changesForAuthentik } from '../../manifests/authentik.ts';
import type { Authentik } from '../../manifests/authentik.ts';
import { applyChanges, sourcesIn } from '../../manifests/changes.ts';
import { changesForHosts } from '../../manifests/hosts-change.ts';
import { imageOf, images } from '../../manifests/images.ts';
import type { Image, ImageKey } from '../../manifests/images.ts';
import { ofKind, onlyContainer } from '../../manifests/objects.ts';
import type { KubeObject } from '../../manifests/objects.ts';
import { render } from '../../manifests/render.ts';
import { repositoryRoot } from '../../root.ts';
import type { FleetOptions } from '../shared/engine.ts';

const folders = ['fleet/e2e', 'fleet/e2e/cluster'];

/** Makes the images that Deployments name available. @returns the reference of each image. */
export type PrepareImages = (
  keys: readonly ImageKey[],
  builds: Readonly<Record<string, string>>,
) => Promise<Record<string, string>>;

/**
 * The inputs of a run: the manifests with changes applied, the built apps, and the images that `prepare` creates from
 * them.
 */
export async function makeFleet(
  {
    hosts,
    authentik,
    changes,
    onProgress,
    signal,
  }: Required<Pick<FleetOptions, 'hosts' | 'changes' | 'onProgress'>> & {
    authentik: Authentik | undefined;
    signal: AbortSignal | undefined;
  },
  prepare: PrepareImages,
): Promise<{ objects: KubeObject[]; images: Record<string, string> }> {
  const rendered = (await Promise.all(folders.map((folder) => render(join(repositoryRoot, folder))))).flat();
  const objects = applyChanges(rendered, [
    ...changesForHosts(rendered, hosts),
    ...changesForAuthentik(rendered, authentik),
    ...changes,
  ]);
  const keys = imageKeysIn(objects);
  const apps = keys.flatMap((key) => {
    const { build }: Image = images[key];
    return build?.kind === 'app' ? [build.app] : [];
  });
  const builds = await buildApps(apps, { ...sourcesIn(changes), onProgress, signal });
  return { objects, images: await prepare(keys, builds) };
}

/** The images that Deployments name, by key of fleet/manifests/images.ts. */
function imageKeysIn(objects: readonly KubeObject[]): ImageKey[] {
  const keys = ofKind(objects, 'Deployment').flatMap((deployment) => {
    const container = onlyContainer(deployment);
    return container ? (imageOf(container.image)?.key ?? []) : [];
  });
  return [...new Set(keys)] as ImageKey[];
}
