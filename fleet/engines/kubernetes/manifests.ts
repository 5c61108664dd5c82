import { join } from 'node:path';
import { buildApps, buildFolders } from '../../build/builds.ts';
import { contentOf } from '../../build/content.ts';
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
import type { Content } from '../../run/records.ts';
import type { FleetOptions } from '../shared/engine.ts';
import { startOptions } from '../shared/start.ts';

const folders = ['fleet/e2e', 'fleet/e2e/cluster'];

/** Makes the images of Deployments available. @returns the reference of each image. */
export type PrepareImages = (
  keys: readonly ImageKey[],
  builds: Readonly<Record<string, string>>,
) => Promise<Record<string, string>>;

export interface MadeFleet {
  objects: KubeObject[];
  /** Reference of each image, by key of fleet/manifests/images.ts. */
  images: Record<string, string>;
  content: Content;
}

/** The content hashes of a fleet with these options. */
export async function contentOfFleet(options: Pick<FleetOptions, 'hosts' | 'authentik' | 'changes'>): Promise<Content> {
  const { hosts, authentik, changes } = startOptions(options);
  const made = await madeOf({ hosts, authentik, changes });
  return contentIn({ ...made, builds: await buildFolders(made.apps, sourcesIn(changes)) });
}

const contentIn = ({
  objects,
  keys,
  builds,
}: {
  objects: KubeObject[];
  keys: ImageKey[];
  builds: Record<string, string>;
}) => contentOf({ objects, builds, images: keys.map((key) => ({ key, image: images[key] })) });

async function madeOf({
  hosts,
  authentik,
  changes,
}: Required<Pick<FleetOptions, 'hosts' | 'changes'>> & { authentik: Authentik | undefined }) {
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
  return { objects, keys, apps };
}

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
): Promise<MadeFleet> {
  const { objects, keys, apps } = await madeOf({ hosts, authentik, changes });
  const builds = await buildApps(apps, { ...sourcesIn(changes), onProgress, signal });
  const [content, references] = await Promise.all([contentIn({ objects, keys, builds }), prepare(keys, builds)]);
  return { objects, images: references, content };
}

/** The images that Deployments name, by key of fleet/manifests/images.ts. */
function imageKeysIn(objects: readonly KubeObject[]): ImageKey[] {
  const keys = ofKind(objects, 'Deployment').flatMap((deployment) => {
    const container = onlyContainer(deployment);
    return container ? (imageOf(container.image)?.key ?? []) : [];
  });
  return [...new Set(keys)] as ImageKey[];
}
