import { parseImage } from '../manifests/image-reference.ts';
import { imageOf } from '../manifests/images.ts';
import { images, isAppImage } from '../product/images.ts';
import { ofKind, versionLabel, type KubeObject } from '../manifests/objects.ts';
import { walk, type Breach, type Rule, type ValuePlace } from '../manifests/rule.ts';

/** Prefixes of tags that move to newer images. */
const movingTagPrefixes = ['latest', 'main', 'master', 'stable', 'edge', 'nightly', 'dev', 'lts', 'current', 'alpine'];
const moving = new RegExp(`^(${movingTagPrefixes.join('|')})(?![a-z])`, 'i');

/** `24`, `24-slim`, `v3.6`: the newest of many versions. */
const partialVersion = /^v?\d{1,4}(\.\d+)?(-|$)/;

/** A tag without a digit names neither a version nor a commit. */
const isMoving = (tag: string): boolean => moving.test(tag) || partialVersion.test(tag) || !/\d/.test(tag);

const containerLists: ReadonlySet<string | undefined> = new Set([
  'containers',
  'initContainers',
  'ephemeralContainers',
]);

/** The image of each container of an object, in any pod template within it. */
export function containerImages(object: KubeObject): ValuePlace[] {
  return [...walk(object)]
    .filter(({ key, value }) => containerLists.has(key) && Array.isArray(value))
    .flatMap(({ path, value }) =>
      (value as Array<{ image?: unknown } | null>).map((each, index) => ({
        path: `${path}[${index}].image`,
        key: 'image',
        value: each?.image,
      })),
    );
}

/** Every image of every container has a digest or a tag that does not move. */
export const pinnedImages: Rule = {
  name: 'pinned-images',
  check: (objects) =>
    objects.flatMap((object) =>
      containerImages(object).flatMap(({ path, value }): Breach[] => {
        const message = pinFault(value);
        return message === undefined ? [] : [{ object, path, message }];
      }),
    ),
};

function pinFault(image: unknown): string | undefined {
  if (typeof image !== 'string' || image === '') return 'is not there: a container needs an image';
  const { name, tag, digest } = parseImage(image);
  if (digest !== undefined) return undefined;
  if (tag === undefined || tag === '') {
    return `is "${image}" without a tag, which is whatever is newest when a pod starts: pin ${name} in the kustomization`;
  }
  return isMoving(tag) ? `is "${image}", a tag that moves: pin ${name} in the kustomization` : undefined;
}

/** The images of apps in any container of a Deployment, also of one that runs before the app. */
const appImages = (objects: readonly KubeObject[]) =>
  ofKind(objects, 'Deployment').flatMap((object) =>
    containerImages(object).flatMap(({ path, value }) =>
      typeof value === 'string' && isAppImage(value) ? [{ object, path, image: value }] : [],
    ),
  );

/** All apps are pinned to the same release, and their version labels match it. */
export const oneRelease: Rule = {
  name: 'one-release',
  check: (objects) => {
    const [first, ...others] = appImages(objects);
    if (!first) return [];
    const release = parseImage(first.image).tag;
    return [first, ...others].flatMap(({ object, path, image }) => {
      const { tag } = parseImage(image);
      const version = object.spec.template.metadata.labels[versionLabel];
      const breaches: Breach[] = [];
      if (tag !== release) {
        const message = `is "${image}" where ${first.object.metadata.name} is "${first.image}": release all apps together`;
        breaches.push({ object, path, message });
      }
      if (version !== tag) {
        const at = `spec.template.metadata.labels['${versionLabel}']`;
        const message = `is "${version ?? ''}" with the image "${image}": x-revision would tell another release`;
        breaches.push({ object, path: at, message });
      }
      return breaches;
    });
  },
};

/** Requires that every app uses its own image, pinned to this release. */
export const releasedAs = (release: string): Rule => ({
  name: 'released-as',
  check: (objects) =>
    appImages(objects).flatMap(({ object, path, image }): Breach[] => {
      const { name } = object.metadata;
      const key = imageOf(image, images)?.key;
      if (key === name && parseImage(image).tag === release) return [];
      const fault =
        key === name ? `and not pinned to ${release}` : `and so is the image of ${key}: name that of ${name}`;
      return [{ object, path, message: `is "${image}" ${fault}` }];
    }),
});
