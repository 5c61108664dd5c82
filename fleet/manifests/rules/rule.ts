import { isApp } from '../images.ts';
import { ofKind, type Container, type Deployment, type KubeObject } from '../objects.ts';

/** A violation of a rule, which must not be deployed. */
export interface RuleViolation {
  rule: string;
  /** `Deployment operator`. */
  object: string;
  /** Path in the object: `spec.template.spec.containers[0].image`. */
  path: string;
  /** Names the object and the path, the error, and how to fix it. */
  sentence: string;
}

/** A finding of a rule, before it becomes a sentence. */
export interface Breach {
  object: KubeObject;
  path: string;
  /** Completes "<object>: <path> …", without the full stop. */
  message: string;
}

export interface Rule {
  name: string;
  check(objects: readonly KubeObject[]): Breach[];
}

export interface AppDeployment {
  object: Deployment;
  container: Container;
  path: string;
}

/** The apps among the Deployments: those with a container of an app's image. */
export const appsIn = (objects: readonly KubeObject[]): AppDeployment[] =>
  ofKind(objects, 'Deployment').flatMap((object) =>
    object.spec.template.spec.containers.flatMap((container, index) =>
      isApp(container.image) ? [{ object, container, path: `spec.template.spec.containers[${index}]` }] : [],
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

/** A value somewhere in an object, and its path: `spec.containers[0].image`. */
export interface ValuePlace {
  path: string;
  /** The last key of the path; undefined for an element of a list. */
  key: string | undefined;
  value: unknown;
}

/** Every value below this one, outermost first. Keys with dots or slashes are written in brackets. */
export function* walk(value: unknown, path = ''): Generator<ValuePlace> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const at = Array.isArray(value) ? `${path}[${key}]` : joined(path, key);
    yield { path: at, key: Array.isArray(value) ? undefined : key, value: inner };
    yield* walk(inner, at);
  }
}

function joined(path: string, key: string): string {
  if (/[./]/.test(key)) return `${path}['${key}']`;
  return path === '' ? key : `${path}.${key}`;
}
