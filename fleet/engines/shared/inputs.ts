import type { BuildOptions } from '../../build/builds.ts';
import type { Parts } from '../../build/content.ts';
import { changesForAuthentik } from '../../manifests/authentik.ts';
import { applyChanges, sourcesIn } from '../../manifests/changes.ts';
import { changesForHosts } from '../../manifests/hosts-change.ts';
import { imageOf, type Image } from '../../manifests/images.ts';
import { containersIn, type KubeObject } from '../../manifests/objects.ts';
import type { Content } from '../../run/records.ts';
import type { FleetDescription } from './description.ts';
import type { FleetOptions } from './engine.ts';

// Loaded on demand: a fleet whose apps are built elsewhere, and that is used once, needs neither.
export const buildsOf = async (apps: readonly string[], options: BuildOptions): Promise<Record<string, string>> =>
  apps.length === 0 ? {} : (await import('../../build/builds.ts')).buildApps(apps, options);
export const contentOf = async (parts: Parts): Promise<Content> =>
  (await import('../../build/content.ts')).contentOf(parts);

export type InputOptions = Pick<FleetOptions, 'hosts' | 'authentik' | 'changes'>;

/**
 * The inputs of a fleet: its objects with the changes applied, the images that its pods name, and what its apps
 * are built from.
 * @param rendered the objects without changes.
 */
export function inputsOf(
  rendered: readonly KubeObject[],
  description: Pick<FleetDescription, 'images' | 'hosts' | 'fallback'>,
  { hosts = description.hosts, authentik, changes = [] }: InputOptions,
) {
  const { images } = description;
  const objects: KubeObject[] = applyChanges(rendered, [
    ...changesForHosts(rendered, hosts, description),
    ...changesForAuthentik(rendered, authentik, description.hosts.auth),
    ...changes,
  ]);
  const used = new Map<string, Image>();
  for (const { image } of objects.flatMap(containersIn)) {
    const known = imageOf(image, images);
    if (known) used.set(known.key, known.image);
  }
  const apps = [...used.values()].flatMap(({ build }) => (build?.kind === 'app' ? [build.app] : []));
  return { objects, images: [...used].map(([key, image]) => ({ key, image })), apps, sources: sourcesIn(changes) };
}

/** The content hashes of a fleet that would be started now. @param helper as for {@link contentOf}. */
export async function contentNow(inputs: ReturnType<typeof inputsOf>, helper?: string): Promise<Content> {
  const { buildFolders } = await import('../../build/builds.ts');
  return contentOf({ ...inputs, builds: await buildFolders(inputs.apps, inputs.sources), helper });
}
