import { apps } from '../../apps/environment/apps.ts';
import type { Container, Deployment, Probe } from '../manifests/objects.ts';
import { variablesOf } from '../manifests/variables.ts';
import { appsIn, unmet, type Requirements } from './app-rules.ts';
import type { Breach, Rule } from '../manifests/rule.ts';

type Health = Readonly<Record<'live' | 'ready', string>>;

/** The health endpoints of each app, by the name of its Deployment. */
const healthPaths: Readonly<Record<string, Health>> = Object.fromEntries(
  apps.map(({ name, health }) => [name, health]),
);

interface Wanted {
  endpoint: keyof Health;
  consequence: string;
  /** Seconds of failures after which it acts: `periodSeconds` x `failureThreshold`. */
  least: number;
  /** Default: the Deployment's own progress deadline. */
  most?: number;
  why: string;
}

const wanted = {
  startupProbe: {
    endpoint: 'live',
    consequence: 'so an app that is up is restarted when Redis is down',
    least: 30,
    why: 'an app that starts slowly is not restarted in the middle of it',
  },
  readinessProbe: {
    endpoint: 'ready',
    consequence: 'so a pod that cannot read sessions is sent requests',
    least: 2,
    most: 10,
    why: 'a pod that cannot answer is soon out of the endpoints, and one slow answer does not do it',
  },
  livenessProbe: {
    endpoint: 'live',
    consequence: 'so an outage of Redis restarts every pod',
    least: 20,
    most: 60,
    why: 'a pod that hangs is restarted within a minute, and one that is busy is not',
  },
} as const satisfies Record<string, Wanted>;

/** Seconds. The minimum is longer than an app waits for Redis before it reports that it is not ready. */
const timeouts = { least: 2, most: 5 };

/**
 * Consecutive failures before a probe acts: one slow response of Redis must not remove every pod from the endpoints.
 */
const leastFailures = 2;

/** Kubernetes' defaults. */
const defaults = { periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 1, progressDeadlineSeconds: 600 };

/** Every probe uses the app's health endpoint, and acts neither too late nor too early. */
export const probeValues: Rule = {
  name: 'probe-values',
  check: (objects) =>
    appsIn(objects).flatMap(({ object, container, path }) =>
      Object.entries<Wanted>(wanted).flatMap(([name, its]) => {
        const probe = container[name as keyof typeof wanted];
        // Another rule reports a missing probe.
        if (!probe) return [];
        return unmet(object, requirementsOf(probe, its, object, container), { value: probe, path: `${path}.${name}` });
      }),
    ),
};

function requirementsOf(
  { httpGet, periodSeconds = defaults.periodSeconds, failureThreshold = defaults.failureThreshold }: Probe,
  { endpoint, consequence, least, most, why }: Wanted,
  { metadata, spec }: Deployment,
  { ports = [] }: Container,
): Requirements {
  const right = healthPaths[metadata.name]?.[endpoint];
  const longest = most ?? spec.progressDeadlineSeconds ?? defaults.progressDeadlineSeconds;
  const seconds = periodSeconds * failureThreshold;
  return {
    'httpGet.path': [(asked) => right === undefined || asked === right, `${consequence}: ask ${right}`],
    'httpGet.port': [
      (port) => !httpGet || ports.some(({ name, containerPort }) => port === name || port === containerPort),
      'no port of the container, so it never passes: name one of its ports',
    ],
    failureThreshold: [
      (failures = defaults.failureThreshold) => Number(failures) >= leastFailures,
      `so one slow answer is enough: give at least ${leastFailures}`,
    ],
    periodSeconds: [
      () => seconds >= least && seconds <= longest,
      `so it acts after ${seconds} s, not ${least} to ${longest}: ${why}`,
    ],
    timeoutSeconds: [
      (timeout = defaults.timeoutSeconds) =>
        most === undefined || (Number(timeout) >= timeouts.least && Number(timeout) <= timeouts.most),
      `so a loaded pod lacks time (default: 1), or a hung one gets too much: give ${timeouts.least} to ${timeouts.most}`,
    ],
  };
}

/** How long Nitro finishes requests after SIGTERM, and then the plugins their work (shutdown.mjs): milliseconds each. */
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

/** Every app waits in preStop until proxies have stopped sending to it, and can finish its requests before SIGKILL. */
export const gracefulEnd: Rule = {
  name: 'graceful-end',
  check: (objects) =>
    appsIn(objects).flatMap(({ object, container, path }): Breach[] => {
      const preStop = container.lifecycle?.preStop?.sleep?.seconds;
      const set = variablesOf(container, objects).findLast(({ name }) => name === shutdownVariable);
      const timeout = set && 'value' in set ? set.value : defaultShutdown;
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
      const needed = (preStop ?? 0) + 2 * shutdown + margin;
      if ((grace ?? defaultGrace) < needed) {
        const parts = `preStop ${preStop ?? 0} s, twice ${shutdownVariable} ${shutdown} s, margin ${margin} s`;
        const message = `is ${grace ?? `not set (${defaultGrace})`}, too short for ${parts}: give at least ${Math.ceil(needed)}`;
        breaches.push({ object, path: 'spec.template.spec.terminationGracePeriodSeconds', message });
      }
      return breaches;
    }),
};
