import { buildFolders } from '../../build/builds.ts';
import { contentOf } from '../../build/content.ts';
import { productionHosts } from '../../hosts.ts';
import { changesForAuthentik } from '../../manifests/authentik.ts';
import { applyChanges, sourcesIn } from '../../manifests/changes.ts';
import { changesForHosts } from '../../manifests/hosts-change.ts';
import { imageOf, images as allImages, type Image, type Images } from '../../manifests/images.ts';
import { ofKind, onlyContainer, type KubeObject } from '../../manifests/objects.ts';
import { render } from '../../manifests/render.ts';
import type { Content } from '../../run/records.ts';
import type { FleetOptions } from './engine.ts';

export type InputOptions = Pick<FleetOptions, 'hosts' | 'authentik' | 'changes'>;

/**
 * The inputs of a fleet: its objects with the changes applied, the images that its Deployments name, and what its apps
 * are built from.
 * @param folders of the kustomizations.
 */
export async function inputsOf(
  folders: readonly string[],
  { hosts = productionHosts, authentik, changes = [] }: InputOptions,
  images: Images = allImages,
) {
  const rendered = (await Promise.all(folders.map(render))).flat();
  const objects: KubeObject[] = applyChanges(rendered, [
    ...changesForHosts(rendered, hosts),
    ...changesForAuthentik(rendered, authentik),
    ...changes,
  ]);
  const used = new Map<string, Image>();
  for (const deployment of ofKind(objects, 'Deployment')) {
    const container = onlyContainer(deployment);
    const known = container && imageOf(container.image, images);
    if (known) used.set(known.key, known.image);
  }
  const apps = [...used.values()].flatMap(({ build }) => (build?.kind === 'app' ? [build.app] : []));
  return { objects, images: [...used].map(([key, image]) => ({ key, image })), apps, sources: sourcesIn(changes) };
}

/** The content hashes of a fleet that would be started now. @param helper as for {@link contentOf}. */
export async function contentNow(inputs: Awaited<ReturnType<typeof inputsOf>>, helper?: string): Promise<Content> {
  return contentOf({ ...inputs, builds: await buildFolders(inputs.apps, inputs.sources), helper });
}
