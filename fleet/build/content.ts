import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Image } from '../manifests/images.ts';
import type { KubeObject } from '../manifests/objects.ts';
import { repositoryRoot } from '../root.ts';
import type { Content } from '../run/records.ts';
import { bundleOf } from './bundle.ts';

export interface Parts {
  /** Rendered, with changes applied. */
  objects: readonly KubeObject[];
  images: ReadonlyArray<{ key: string; image: Image }>;
  builds: Readonly<Record<string, string>>;
  /** Entry module of the engine's own helper process. */
  helper?: string | undefined;
}

/**
 * The content hashes of a fleet's parts: of each app and server that is built from this repository, by image key, of
 * the `manifests`, and of the `engine`. Two fleets with the same content behave the same.
 */
export async function contentOf({ objects, images, builds, helper }: Parts): Promise<Content> {
  const read = (file: string) => readFile(join(repositoryRoot, file));
  const packages = await read('package-lock.json');
  const modules = async (entry: string, assets: readonly string[] = []): Promise<string> =>
    hashOf([packages, (await bundleOf([entry])).text, ...(await Promise.all(assets.map(read)))]);
  const parts = images.flatMap(({ key, image: { build } }): Array<[string, string | Promise<string>]> => {
    if (build?.kind === 'app') return [[key, basename(builds[build.app] ?? '')]];
    return build ? [[key, modules(build.entry, build.assets)]] : [];
  });
  const engine = helper === undefined ? [] : [['engine', modules(helper)] as const];
  const all = [...parts, ...engine, ['manifests', hashOf([JSON.stringify(objects)])] as const];
  return Object.fromEntries(await Promise.all(all.map(async ([part, hash]) => [part, await hash] as const)));
}

function hashOf(contents: ReadonlyArray<string | Uint8Array>): string {
  const hash = createHash('sha256');
  for (const content of contents) hash.update(content).update('\0');
  return hash.digest('hex').slice(0, 16);
}
