import { createHash } from 'node:crypto';
import { copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build as bundle } from 'esbuild';
import { duration } from '../../duration.ts';
import { parseImage } from '../../manifests/image-reference.ts';
import { commonImages, imageReference, type Image, type ImageBuild, type Images } from '../../manifests/images.ts';
import { cacheDirectory, repositoryRoot, workPrefix } from '../../root.ts';
import type { Docker } from './docker.ts';

/** Number of builds of each image to keep in Docker: enough for parallel runs with different regressions. */
export const keptContents = 6;
const builtBy = { app: 'apps/Dockerfile', harness: 'fleet/e2e/Dockerfile' } as const;

/**
 * Builds or fetches the images into Docker.
 * @param builds folder that holds `.output`, by app. @param known references of the run that a fleet joins: the servers of
 * the harness are the same, and bundling each takes a second.
 * @returns the reference of each. The tag of an image that is built here is derived from its content.
 */
export async function prepareImages(
  docker: Docker,
  images: Images,
  builds: Readonly<Record<string, string>>,
  {
    known = {},
    onProgress,
  }: { known?: Readonly<Record<string, string>> | undefined; onProgress: (line: string) => void },
): Promise<Record<string, string>> {
  const all = Object.entries(images);
  const fetched = all.filter(([, image]) => !isBuilt(image));
  const bases = fetched.length < all.length ? [commonImages.node] : [];
  await docker.provide(
    [...fetched.map(([, image]) => image), ...bases].map((image) => ({
      reference: imageReference(image),
      overrideEnv: image.overrideEnv,
    })),
    onProgress,
  );
  const references = Object.fromEntries(fetched.map(([key, image]) => [key, imageReference(image)]));
  const building = all.map(async ([key, image]) => {
    if (!isBuilt(image)) return;
    const joined = image.build.kind === 'harness' ? known[key] : undefined;
    references[key] = joined ?? (await buildImage(docker, image, builds, onProgress));
  });
  // Waits for all builds before a failure is reported.
  await Promise.allSettled(building);
  await Promise.all(building);
  return references;
}

/** Whether an image is built here. An image named by its variable is used as it is. */
export const isBuilt = (image: Image): image is Image & { build: ImageBuild } =>
  image.build !== undefined && !process.env[image.overrideEnv];

async function buildImage(
  docker: Docker,
  { reference: usual, build }: Image & { build: ImageBuild },
  builds: Readonly<Record<string, string>>,
  onProgress: (line: string) => void,
): Promise<string> {
  const base = imageReference(commonImages.node);
  const dockerfile = join(repositoryRoot, builtBy[build.kind]);
  await mkdir(join(cacheDirectory, 'unfinished'), { recursive: true });
  const context = await mkdtemp(join(cacheDirectory, 'unfinished', `${workPrefix}image-`));
  try {
    const content = createHash('sha256')
      .update(await readFile(dockerfile))
      .update((await docker.imageId(base)) ?? base);
    const folder = build.kind === 'app' ? '.output' : 'app';
    if (build.kind === 'harness') await bundleInto(join(context, folder), build, content);
    // The folder's name identifies the build; see fleet/build/builds.ts.
    else content.update(basename(builds[build.app] ?? ''));
    const { name } = parseImage(usual);
    const reference = `${name}:${content.digest('hex').slice(0, 16)}`;
    if ((await docker.imageId(reference)) !== undefined) return reference;
    const startedAt = performance.now();
    if (build.kind === 'app') {
      await cp(join(builds[build.app] ?? '', folder), join(context, folder), {
        recursive: true,
        verbatimSymlinks: true,
      });
    }
    await copyFile(dockerfile, join(context, 'Dockerfile'));
    await docker.build(context, ['Dockerfile', folder], reference, { NODE_IMAGE: base });
    onProgress(`image ${reference} built (${duration(performance.now() - startedAt)})`);
    await docker.keepNewest(name, keptContents);
    return reference;
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

async function bundleInto(
  folder: string,
  { entry, assets }: { entry: string; assets: readonly string[] },
  content: { update(data: Uint8Array): unknown },
): Promise<void> {
  const { outputFiles } = await bundle({
    absWorkingDir: repositoryRoot,
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // CommonJS dependencies load Node's built-in modules with require.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  });
  await mkdir(folder, { recursive: true });
  const files = [
    ...outputFiles.map(({ contents }) => ['main.mjs', contents] as const),
    ...(await Promise.all(
      assets.map(async (asset) => [basename(asset), await readFile(join(repositoryRoot, asset))] as const),
    )),
  ];
  for (const [name, bytes] of files) {
    content.update(bytes);
    await writeFile(join(folder, name), bytes);
  }
}

/** An image reference in containerd's form: with its registry, and `library/` for Docker's own images. */
export function canonical(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  if (hasRegistry) return reference;
  return rest.length > 0 ? `docker.io/${reference}` : `docker.io/library/${reference}`;
}
