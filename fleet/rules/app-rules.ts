import { ofKind, type Container, type Deployment, type KubeObject } from '../manifests/objects.ts';
import type { Breach } from '../manifests/rule.ts';
import { isAppImage } from '../product/images.ts';

export interface AppDeployment {
  object: Deployment;
  container: Container;
  path: string;
}

/** The apps among the Deployments: those with a container of an app's image. */
export const appsIn = (objects: readonly KubeObject[]): AppDeployment[] =>
  ofKind(objects, 'Deployment').flatMap((object) =>
    object.spec.template.spec.containers.flatMap((container, index) =>
      isAppImage(container.image) ? [{ object, container, path: `spec.template.spec.containers[${index}]` }] : [],
    ),
  );

/** By path, what a value must be, and the consequence of another with what to do. */
export type Requirements = Readonly<Record<string, readonly [holds: (value: unknown) => boolean, consequence: string]>>;

/** What does not hold of these. @param within where the paths begin, when it is not the object, and the path of that. */
export const unmet = (
  object: KubeObject,
  requirements: Requirements,
  { value: within, path }: { value: unknown; path: string } = { value: object, path: '' },
): Breach[] =>
  Object.entries(requirements).flatMap(([at, [holds, consequence]]) => {
    const value = valueAt(within, at);
    if (holds(value)) return [];
    return [{ object, path: [path, at].filter(Boolean).join('.'), message: `is ${shown(value)}, ${consequence}` }];
  });

const shown = (value: unknown): string => {
  if (value === undefined) return 'not there';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

/** The value at `spec.template.spec`, say. */
export const valueAt = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
