import { ofKind, type SecurityContext } from '../manifests/objects.ts';
import { inContainer, requiring } from './app-rules.ts';
import { type Breach, type Rule } from '../manifests/rule.ts';

const unplaced = 'so it may be put where there is no room for it';

/** Every app has a startup, a readiness and a liveness probe, requests, and a memory limit. */
export const watchedPods = requiring(
  'watched-pods',
  Object.entries({
    startupProbe: 'so a slow start is taken for a hang',
    readinessProbe: 'so requests are sent to it before it can answer',
    livenessProbe: 'so one that hangs is never restarted',
    'resources.requests.cpu': unplaced,
    'resources.requests.memory': unplaced,
    'resources.limits.memory': 'so one that leaks takes its node down with it',
  }).map(([at, consequence]) => ({
    at: `${inContainer}.${at}`,
    holds: (value) => value !== undefined,
    message: () => `is not there, ${consequence}`,
  })),
);

/** Only its manifest adds variables to the environment of an app. */
export const ownEnvironment = requiring('own-environment', [
  {
    at: 'spec.template.spec.enableServiceLinks',
    holds: (links) => links === false,
    message: () => "is not false, so each Service adds variables such as PORTAL_PORT to the app's environment: set it",
  },
]);

/** Cores. Node runs an app on one thread, and a page takes 24 ms of it (docs/capacity.md). */
const leastCores = 1;
/** MiB. A pod takes half of it as soon as it has served some pages. */
const leastMebibytes = 256;

const mebibytesIn: Readonly<Record<string, number>> = { M: 1e6 / 2 ** 20, Mi: 1, G: 1e9 / 2 ** 20, Gi: 2 ** 10 };

/** 0: in a unit that no manifest here has. */
const mebibytesOf = (quantity: string): number => {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([A-Za-z]+)$/.exec(quantity) ?? [];
  return Number(number ?? 0) * (mebibytesIn[unit] ?? 0);
};

const coresOf = (quantity: string): number =>
  quantity.endsWith('m') ? Number(quantity.slice(0, -1)) / 1000 : Number(quantity);

/** The limits of every app leave room for the work that it does: they are no less than its thread and its heap need. */
export const enoughRoom = requiring('enough-room', [
  {
    at: `${inContainer}.resources.limits.cpu`,
    holds: (limit) => limit === undefined || coresOf(String(limit)) >= leastCores,
    message: (limit) =>
      `is ${limit}, so the kernel stops its only thread in the middle of requests and probes: take it out, or give at least ${leastCores}`,
  },
  {
    // Another rule reports a missing limit.
    at: `${inContainer}.resources.limits.memory`,
    holds: (limit) => limit === undefined || mebibytesOf(String(limit)) >= leastMebibytes,
    message: (limit) => `is ${limit}, so a pod that serves requests is killed: give at least ${leastMebibytes}Mi`,
  },
]);

/** Requirements on a container, and the consequence of each violation. */
const requiredContext: ReadonlyArray<{
  at: string;
  holds: (own: SecurityContext, pod: SecurityContext) => boolean;
  message: string;
}> = [
  {
    at: 'runAsNonRoot',
    holds: (own, pod) => (own.runAsNonRoot ?? pod.runAsNonRoot) === true,
    message: 'is not true, so it may run as root: set it, in the container or its pod',
  },
  {
    at: 'runAsUser',
    holds: (own, pod) => (own.runAsUser ?? pod.runAsUser) !== 0,
    message: 'is 0, which is root: give another',
  },
  {
    at: 'privileged',
    holds: ({ privileged }) => privileged !== true,
    message: 'is true, so it owns its node: take it out',
  },
  {
    at: 'allowPrivilegeEscalation',
    holds: ({ allowPrivilegeEscalation }) => allowPrivilegeEscalation === false,
    message: 'is not false, so a program with setuid makes it root: set it',
  },
  {
    at: 'readOnlyRootFilesystem',
    holds: ({ readOnlyRootFilesystem }) => readOnlyRootFilesystem === true,
    message: 'is not true, so who breaks in can change what it runs: set it',
  },
  {
    at: 'capabilities',
    holds: ({ capabilities: { add = [], drop = [] } = {} }) => drop.includes('ALL') && add.length === 0,
    message: 'are not taken away, so it may do more than its user: drop [ALL], and add none',
  },
  {
    at: 'seccompProfile',
    holds: (own, pod) => (own.seccompProfile ?? pod.seccompProfile)?.type === 'RuntimeDefault',
    message: 'is not RuntimeDefault, so it may make any system call: set its type, in the container or its pod',
  },
];

const noApiToken = requiring('hardened-pods', [
  {
    at: 'spec.template.spec.automountServiceAccountToken',
    holds: (mounted) => mounted === false,
    message: () => 'is not false, so who breaks in has a token for the API of Kubernetes: set it',
  },
]);

/** No container runs as root, can gain privileges, or can change its own files. No app can use the API of Kubernetes. */
export const hardenedPods: Rule = {
  name: 'hardened-pods',
  check: (objects) => [
    ...noApiToken.check(objects),
    ...ofKind(objects, 'Deployment').flatMap((object): Breach[] => {
      const { spec } = object.spec.template;
      return (['initContainers', 'containers'] as const).flatMap((list) =>
        (spec[list] ?? []).flatMap(({ securityContext: own = {} }, index) =>
          requiredContext
            .filter(({ holds }) => !holds(own, spec.securityContext ?? {}))
            .map(({ at, message }) => {
              const path = `spec.template.spec.${list}[${index}].securityContext.${at}`;
              return { object, path, message };
            }),
        ),
      );
    }),
  ],
};
