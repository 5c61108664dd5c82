import { appsIn } from './apps.ts';
import type { Breach, Rule } from './rule.ts';

/** What a container has to say of itself, and what happens when it does not. */
const demanded = [
  { at: 'startupProbe', otherwise: 'so a slow start is taken for a hang' },
  { at: 'readinessProbe', otherwise: 'so requests are sent to it before it can answer' },
  { at: 'livenessProbe', otherwise: 'so one that hangs is never restarted' },
  { at: 'resources.requests.cpu', otherwise: 'so it may be put where there is no room for it' },
  { at: 'resources.requests.memory', otherwise: 'so it may be put where there is no room for it' },
  { at: 'resources.limits.memory', otherwise: 'so one that leaks takes its node down with it' },
] as const;

export const watchedPods: Rule = {
  name: 'watched-pods',
  demands: 'Every app has a startup, a readiness and a liveness probe, requests, and a memory limit.',
  check: (objects) =>
    appsIn(objects).flatMap(({ object, container, path }) =>
      demanded
        .filter(({ at }) => valueAt(container, at) === undefined)
        .map(({ at, otherwise }): Breach => ({ object, path: `${path}.${at}`, said: `is not there, ${otherwise}` })),
    ),
};

const valueAt = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
