import { imageOf, shippedApps } from '../images.ts';
import { ofKind } from '../objects.ts';
import type { Container, Deployment, KubeObject } from '../objects.ts';

/** The apps that are built and released together. */
export const isApp = (image: string): boolean => shippedApps.some(({ key }) => key === imageOf(image)?.key);

export interface App {
  object: Deployment;
  container: Container;
  /** Path of the container in the object. */
  path: string;
}

/** The apps among the Deployments: those with a container of an app's image. */
export const appsIn = (objects: readonly KubeObject[]): App[] =>
  ofKind(objects, 'Deployment').flatMap((object) =>
    object.spec.template.spec.containers.flatMap((container, index) =>
      isApp(container.image) ? [{ object, container, path: `spec.template.spec.containers[${index}]` }] : [],
    ),
  );
