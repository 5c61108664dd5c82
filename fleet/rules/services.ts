import { ofKind, selects, versionLabel, type Deployment, type KubeObject, type Service } from '../manifests/objects.ts';
import { appsIn, unmet, valueAt, type Requirements } from './app-rules.ts';
import type { Breach, Rule } from '../manifests/rule.ts';

/**
 * A Service of an app selects only the pods of that app, on every node, and only those that are Ready, and does not lead
 * to their metrics. An app's pods are spread by their own labels.
 */
export const ownPods: Rule = {
  name: 'own-pods',
  check: (objects) => {
    const apps = appsIn(objects).map(({ object }) => object);
    return [
      ...ofKind(objects, 'Service').flatMap((service) => [
        ...shared(service, apps),
        ...unmet(service, ofService),
        ...toMetrics(service),
      ]),
      ...apps.flatMap(notSpread),
    ];
  },
};

function shared(service: Service, apps: readonly Deployment[]): Breach[] {
  const selected = apps.filter(
    ({ metadata, spec }) =>
      metadata.namespace === service.metadata.namespace &&
      selects(service.spec.selector, spec.template.metadata.labels),
  );
  if (selected.length < 2) return [];
  const names = selected
    .map(({ metadata }) => metadata.name)
    .toSorted()
    .join(', ');
  const message = `selects the pods of ${names}, so requests reach the wrong app: select by the name of one`;
  return [{ object: service, path: 'spec.selector', message }];
}

/** METRICS_PORT of the apps. */
const metricsPort = 9464;

const ofService: Requirements = {
  'spec.internalTrafficPolicy': [
    (policy) => policy !== 'Local',
    'so it leads nowhere on a node without a pod of its own: take it out',
  ],
  'spec.publishNotReadyAddresses': [
    (published) => published !== true,
    'so requests reach pods that cannot answer them: take it out',
  ],
};

const toMetrics = (object: Service): Breach[] =>
  object.spec.ports.flatMap(({ port, targetPort }, index): Breach[] => {
    if (![port, targetPort].some((value) => value === 'metrics' || value === metricsPort)) return [];
    const message = 'leads to the metrics of pods, which are for Prometheus alone: take it out';
    return [{ object, path: `spec.ports[${index}]`, message }];
  });

function notSpread(object: Deployment): Breach[] {
  const { metadata, spec } = object.spec.template;
  return (spec.topologySpreadConstraints ?? []).flatMap(({ labelSelector }, index): Breach[] => {
    if (selects(labelSelector?.matchLabels, metadata.labels)) return [];
    const path = `spec.template.spec.topologySpreadConstraints[${index}].labelSelector`;
    const message =
      'does not match the pods themselves, so all of them may be put on one node: select their own labels';
    return [{ object, path, message }];
  });
}

/** No selector names the version of the pods, which every release changes. */
export const lastingSelectors: Rule = {
  name: 'lasting-selectors',
  check: (objects) =>
    objects.flatMap((object) => [
      ...versionIn(object, 'Service', 'spec.selector', 'so it leads to no pod until a release is Ready'),
      ...versionIn(object, 'PodDisruptionBudget', matchLabels, 'so it keeps no pod of a release'),
      ...versionIn(object, 'Deployment', matchLabels, 'and Kubernetes refuses every change of it'),
    ]),
};

const matchLabels = 'spec.selector.matchLabels';

function versionIn(object: KubeObject, kind: string, at: string, consequence: string): Breach[] {
  if (object.kind !== kind) return [];
  const version = (valueAt(object, at) as Record<string, string> | undefined)?.[versionLabel];
  if (version === undefined) return [];
  return [{ object, path: `${at}['${versionLabel}']`, message: `is ${version}, ${consequence}: take it out` }];
}
