import { appsIn } from './rule.ts';
import type { Breach, Rule } from './rule.ts';

/** Required settings of a container, and the consequence of each missing one. */
const required = [
  { at: 'startupProbe', consequence: 'so a slow start is taken for a hang' },
  { at: 'readinessProbe', consequence: 'so requests are sent to it before it can answer' },
  { at: 'livenessProbe', consequence: 'so one that hangs is never restarted' },
  { at: 'resources.requests.cpu', consequence: 'so it may be put where there is no room for it' },
  { at: 'resources.requests.memory', consequence: 'so it may be put where there is no room for it' },
  { at: 'resources.limits.memory', consequence: 'so one that leaks takes its node down with it' },
] as const;

/** Every app has a startup, a readiness and a liveness probe, requests, and a memory limit. */
export const watchedPods: Rule = {
  name: 'watched-pods',
  check: (objects) =>
    appsIn(objects).flatMap(({ object, container, path }) =>
      required
        .filter(({ at }) => valueAt(container, at) === undefined)
        .map(({ at, consequence }): Breach => ({
          object,
          path: `${path}.${at}`,
          message: `is not there, ${consequence}`,
        })),
    ),
};

const valueAt = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);

/** Only its manifest adds variables to the environment of an app. */
export const ownEnvironment: Rule = {
  name: 'own-environment',
  check: (objects) =>
    appsIn(objects)
      .filter(({ object }) => object.spec.template.spec.enableServiceLinks !== false)
      .map(({ object }): Breach => ({
        object,
        path: 'spec.template.spec.enableServiceLinks',
        message: `is not false, so each Service adds variables such as PORTAL_PORT to the app's environment: set it`,
      })),
};
