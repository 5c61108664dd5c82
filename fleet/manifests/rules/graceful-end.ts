import { named } from '../objects.ts';
import type { Container, KubeObject } from '../objects.ts';
import { appsIn } from './rule.ts';
import type { Breach, Rule } from './rule.ts';

/** How long Nitro finishes requests after SIGTERM, milliseconds. */
const shutdownVariable = 'NITRO_SHUTDOWN_TIMEOUT';
/** Nitro's default. */
const defaultShutdown = '30000';
/** Seconds. No request of the apps takes longer (docs/decisions/0012-a-refresh-outlives-its-request.md). */
const longestRequest = 10;
/** Seconds that a pod may need beyond that before the kubelet kills it. */
const margin = 5;
/**
 * Seconds from a pod's deletion until no proxy sends to it any more. Traefik applies changes at most every 2 s
 * (`providers.providersThrottleDuration`). The endpoint controller and the watch before it take about a second each.
 */
const endpointLag = 4;
/** Kubernetes' default. */
const defaultGrace = 30;

/**
 * Every app waits in preStop until proxies have stopped sending to it, and has time to finish its requests before it is
 * killed.
 */
export const gracefulEnd: Rule = {
  name: 'graceful-end',
  check: (objects) =>
    appsIn(objects).flatMap(({ object, container, path }): Breach[] => {
      const preStop = container.lifecycle?.preStop?.sleep?.seconds;
      const timeout = settingOf(objects, container, shutdownVariable) ?? defaultShutdown;
      const breaches: Breach[] = [];
      if (!preStop) {
        const message = 'does not sleep, so the pod stops listening while proxies still send to it: add sleep.seconds';
        breaches.push({ object, path: `${path}.lifecycle.preStop`, message });
      }
      if (preStop && preStop < endpointLag) {
        const message = `is ${preStop}, and proxies may send to the pod for ${endpointLag} s after it was told to go: give at least ${endpointLag}`;
        breaches.push({ object, path: `${path}.lifecycle.preStop.sleep.seconds`, message });
      }
      if (!(Number(timeout) > 0)) {
        const message = `and envFrom set ${shutdownVariable} to "${timeout}": give a number of milliseconds`;
        return [...breaches, { object, path: `${path}.env`, message }];
      }
      const grace = object.spec.template.spec.terminationGracePeriodSeconds;
      const shutdown = Number(timeout) / 1000;
      if (shutdown < longestRequest) {
        const message = `and envFrom set ${shutdownVariable} to ${shutdown} s, and a request may take ${longestRequest} s: give at least ${longestRequest * 1000}`;
        breaches.push({ object, path: `${path}.env`, message });
      }
      const needed = (preStop ?? 0) + shutdown + margin;
      if ((grace ?? defaultGrace) < needed) {
        const parts = `preStop ${preStop ?? 0} s, ${shutdownVariable} ${shutdown} s, margin ${margin} s`;
        const message = `is ${grace ?? `not set (${defaultGrace})`}, too short for ${parts}: give at least ${Math.ceil(needed)}`;
        breaches.push({ object, path: 'spec.template.spec.terminationGracePeriodSeconds', message });
      }
      return breaches;
    }),
};

/** The value of a variable in the container: its own env before ConfigMaps, and the last ConfigMap wins. */
function settingOf(
  objects: readonly KubeObject[],
  { env = [], envFrom = [] }: Container,
  name: string,
): string | undefined {
  const own = env.find((variable) => variable.name === name)?.value;
  if (own !== undefined) return own;
  return envFrom
    .map(({ prefix = '', configMapRef }) => {
      const { data = {} } = named(objects, 'ConfigMap', configMapRef?.name) ?? {};
      return Object.entries(data).find(([key]) => prefix + key === name)?.[1];
    })
    .findLast((value) => value !== undefined);
}
