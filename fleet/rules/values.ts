import type { Rule } from '../manifests/rule.ts';
import { appsIn, unmet, type Requirements } from './app-rules.ts';

const isThere = (value: unknown): boolean => value !== undefined;
const unplaced = 'so it may be put where there is no room for it: give one';

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

/**
 * Seconds. A release waits this long for an app that does not come up, before it rolls back. A pull of its image counts as
 * no progress, and from a slow registry it takes minutes.
 */
const longestRollout = 180;

interface Required {
  ofDeployment?: Requirements;
  ofContainer?: Requirements;
}

/** What single values of every app must be, by the name of the rule. */
const required: Readonly<Record<string, Required>> = {
  // A node that has the image of an app needs no registry to start another pod of it.
  'images-kept': {
    ofContainer: {
      imagePullPolicy: [
        (policy) => policy !== 'Always',
        'so no pod can be replaced while the registry is away: set it to IfNotPresent',
      ],
    },
  },
  'watched-pods': {
    ofContainer: {
      startupProbe: [isThere, 'so a slow start is taken for a hang: add one'],
      readinessProbe: [isThere, 'so requests are sent to it before it can answer: add one'],
      livenessProbe: [isThere, 'so one that hangs is never restarted: add one'],
      'resources.requests.cpu': [isThere, unplaced],
      'resources.requests.memory': [isThere, unplaced],
      'resources.limits.memory': [isThere, 'so one that leaks takes its node down with it: give one'],
    },
  },
  // The limits leave room for the work of an app: they are no less than its thread and its heap need.
  'enough-room': {
    ofContainer: {
      'resources.limits.cpu': [
        (limit) => limit === undefined || coresOf(String(limit)) >= leastCores,
        `so the kernel stops its only thread in the middle of requests and probes: take it out, or give at least ${leastCores}`,
      ],
      'resources.limits.memory': [
        (limit) => limit === undefined || mebibytesOf(String(limit)) >= leastMebibytes,
        `so a pod that serves requests is killed: give at least ${leastMebibytes}Mi`,
      ],
    },
  },
  // A rollout without progress is reported within three minutes, so that a release rolls back soon.
  'rollout-deadline': {
    ofDeployment: {
      'spec.progressDeadlineSeconds': [
        (seconds) => Number(seconds) <= longestRollout,
        `so a release that is stuck is not rolled back before that (default: 600): give at most ${longestRollout}`,
      ],
    },
  },
  'kept-revisions': {
    ofDeployment: {
      'spec.revisionHistoryLimit': [
        (limit) => limit !== 0,
        'so kubectl rollout undo has nothing to go back to: keep at least 1',
      ],
    },
  },
  // Only its manifest adds variables to the environment of an app.
  'own-environment': {
    ofDeployment: {
      'spec.template.spec.enableServiceLinks': [
        (links) => links === false,
        "so each Service adds variables such as PORTAL_PORT to the app's environment: set it to false",
      ],
    },
  },
};

export const valueRules: readonly Rule[] = Object.entries(required).map(
  ([name, { ofDeployment = {}, ofContainer = {} }]) => ({
    name,
    check: (objects) =>
      appsIn(objects).flatMap(({ object, container, path }) => [
        ...unmet(object, ofDeployment),
        ...unmet(object, ofContainer, { value: container, path }),
      ]),
  }),
);
