import { ofKind, type Container, type Deployment, type KubeObject } from '../manifests/objects.ts';
import type { Breach, Rule } from '../manifests/rule.ts';
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

/** Stands for an app's container in the path of a requirement. */
export const inContainer = '<container>';

interface Requirement {
  /** Path in the Deployment; it may start with `container`. */
  at: string;
  holds(value: unknown): boolean;
  message(value: unknown): string;
}

export const requiring = (name: string, requirements: readonly Requirement[]): Rule => ({
  name,
  check: (objects) =>
    appsIn(objects).flatMap((app) =>
      requirements.flatMap(({ at, holds, message }): Breach[] => {
        const value = valueAt(
          at.startsWith(inContainer) ? app.container : app.object,
          at.replace(`${inContainer}.`, ''),
        );
        return holds(value)
          ? []
          : [{ object: app.object, path: at.replace(inContainer, app.path), message: message(value) }];
      }),
    ),
});

const valueAt = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
