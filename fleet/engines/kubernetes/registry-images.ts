import { CannotRunHere, HarnessError } from '../../errors.ts';
import { parseImage } from '../../manifests/image-reference.ts';
import { imageReference, type ImageKey } from '../../manifests/images.ts';
import { runProgram } from '../../programs.ts';
import { Docker } from '../docker/docker.ts';
import { isBuilt, keptContents, prepareImages } from '../docker/images.ts';

/**
 * Images for a cluster that pulls them itself. The cluster pulls public images, and images named by a variable. Images
 * built here are pushed to `FLEET_IMAGE_REGISTRY` as `<registry>/dezky/<name>:<hash>`. With `FLEET_IMAGES_PRESENT=1`
 * nothing is pushed, for nodes that have Docker's images already. When nothing must be built, Docker is not needed.
 * @returns the reference of each image.
 */
export async function clusterImages(
  keys: readonly ImageKey[],
  builds: Readonly<Record<string, string>>,
  onProgress: (line: string) => void,
): Promise<Record<string, string>> {
  const references = Object.fromEntries(keys.map((key) => [key, imageReference(key)]));
  const building = keys.filter(isBuilt);
  if (building.length === 0) return references;
  const docker = await Docker.connect();
  const built = await prepareImages(docker, building, builds, onProgress);
  const registry = process.env['FLEET_IMAGE_REGISTRY']?.replace(/\/$/, '');
  if (!registry) return { ...references, ...built };
  for (const [key, reference] of Object.entries(built)) {
    const { name, tag = '' } = parseImage(reference);
    const remote = { name: `${registry}/${name}`, tag };
    await docker.tag(reference, remote);
    references[key] = `${remote.name}:${tag}`;
    const startedAt = performance.now();
    await push(references[key]);
    await docker.keepNewest(remote.name, keptContents);
    onProgress(`image ${references[key]} pushed (${Math.round(performance.now() - startedAt)} ms)`);
  }
  return references;
}

/** @throws CannotRunHere when no setting says how the cluster gets images that are built here. */
export function requireImageSource(env: NodeJS.ProcessEnv = process.env): void {
  if (env['FLEET_IMAGE_REGISTRY'] || env['FLEET_IMAGES_PRESENT'] === '1') return;
  throw new CannotRunHere(
    'No setting says how images built here get to the cluster. Set FLEET_IMAGE_REGISTRY to a registry that Docker ' +
      'may push to and the cluster may pull from (registry.example/team), or FLEET_IMAGES_PRESENT=1 when the nodes have ' +
      "this machine's Docker images already.",
  );
}

/** Uses the docker command, which knows registry credentials and credential helpers. */
async function push(reference: string): Promise<void> {
  const { code, stderr } = await runProgram('docker', ['push', '--quiet', reference]).catch((cause: Error) => {
    throw new CannotRunHere(`docker is not on PATH, and it is needed to push images (${cause.message}).`, { cause });
  });
  if (code === 0) return;
  throw new HarnessError(
    `docker push ${reference} failed: ${stderr.trim()}. Correct FLEET_IMAGE_REGISTRY, or log in with: ` +
      `docker login ${reference.split('/')[0]}`,
  );
}
