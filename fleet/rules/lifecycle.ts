import { apps } from '../../apps/environment/apps.ts';
import type { Container, Probe } from '../manifests/objects.ts';
import { variablesOf } from '../manifests/variables.ts';
import { appsIn, type AppDeployment } from './app-rules.ts';
import { type Breach, type Rule } from '../manifests/rule.ts';

type ProbeName = 'startupProbe' | 'readinessProbe' | 'livenessProbe';
type Health = Readonly<Record<'live' | 'ready', string>>;

/** The health endpoints of each app, by the name of its Deployment. */
const healthPaths: Readonly<Record<string, Health>> = Object.fromEntries(
  apps.map(({ name, health }) => [name, health]),
);

/**
 * The endpoint of each probe, and the range of seconds of failures after which it acts (`periodSeconds` x
 * `failureThreshold`). The upper limit of the startup probe is the Deployment's own progress deadline.
 */
const wanted: Readonly<
  Record<
    ProbeName,
    { healthEndpoint: keyof Health; consequence: string; actsAfter: { least: number; most: number }; why: string }
  >
> = {
  startupProbe: {
    healthEndpoint: 'live',
    consequence: 'so an app that is up is restarted when Redis is down',
    actsAfter: { least: 30, most: Infinity },
    why: 'an app that starts slowly is not restarted in the middle of it',
  },
  readinessProbe: {
    healthEndpoint: 'ready',
    consequence: 'so a pod that cannot read sessions is sent requests',
    actsAfter: { least: 2, most: 10 },
    why: 'a pod that cannot answer is soon out of the endpoints, and one slow answer does not do it',
  },
  livenessProbe: {
    healthEndpoint: 'live',
    consequence: 'so an outage of Redis restarts every pod',
    actsAfter: { least: 20, most: 60 },
    why: 'a pod that hangs is restarted within a minute, and one that is busy is not',
  },
};

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
    appsIn(objects).flatMap((app) =>
      (Object.keys(wanted) as ProbeName[]).flatMap((name) => {
        const probe = app.container[name];
        // Another rule reports a missing probe.
        return probe ? faultsOf(app, name, probe) : [];
      }),
    ),
};

function faultsOf({ object, container, path }: AppDeployment, name: ProbeName, probe: Probe): Breach[] {
  const { healthEndpoint, consequence, actsAfter, why } = wanted[name];
  const at = `${path}.${name}`;
  const breaches: Breach[] = [];
  const right = healthPaths[object.metadata.name]?.[healthEndpoint];
  if (right !== undefined && probe.httpGet?.path !== right) {
    const found = probe.httpGet?.path ?? 'not there';
    breaches.push({ object, path: `${at}.httpGet.path`, message: `is ${found}, ${consequence}: ask ${right}` });
  }
  if (probe.httpGet && !listensOn(container, probe.httpGet.port)) {
    const message = `is ${probe.httpGet.port}, no port of the container, so it never passes: name one of its ports`;
    breaches.push({ object, path: `${at}.httpGet.port`, message });
  }
  const failures = probe.failureThreshold ?? defaults.failureThreshold;
  if (failures < leastFailures) {
    const message = `is ${failures}, so one slow answer is enough: give at least ${leastFailures}`;
    breaches.push({ object, path: `${at}.failureThreshold`, message });
  }
  const seconds = (probe.periodSeconds ?? defaults.periodSeconds) * failures;
  const deadline = object.spec.progressDeadlineSeconds ?? defaults.progressDeadlineSeconds;
  const most = name === 'startupProbe' ? deadline : actsAfter.most;
  if (seconds < actsAfter.least || seconds > most) {
    const message = `x failureThreshold is ${seconds} s, not ${actsAfter.least} to ${most}: ${why}`;
    breaches.push({ object, path: `${at}.periodSeconds`, message });
  }
  const timeout = probe.timeoutSeconds ?? defaults.timeoutSeconds;
  if (name !== 'startupProbe' && (timeout < timeouts.least || timeout > timeouts.most)) {
    const message = `is ${timeout}, not ${timeouts.least} to ${timeouts.most}: a loaded pod needs its time, and a hung one gets no more`;
    breaches.push({ object, path: `${at}.timeoutSeconds`, message });
  }
  return breaches;
}

const listensOn = ({ ports = [] }: Container, port: string | number): boolean =>
  ports.some(({ name, containerPort }) => port === name || port === containerPort);

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
