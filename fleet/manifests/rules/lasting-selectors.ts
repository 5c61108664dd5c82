import { ofKind, versionLabel } from '../objects.ts';
import type { KubeObject } from '../objects.ts';
import type { Breach, Rule } from './rule.ts';

/** No selector names the version of the pods, which every release changes. */
export const lastingSelectors: Rule = {
  name: 'lasting-selectors',
  check: (objects) => [
    ...ofKind(objects, 'Service').flatMap((object) =>
      named(object, object.spec.selector, 'spec.selector', 'so it leads to no pod until a release is Ready'),
    ),
    ...ofKind(objects, 'PodDisruptionBudget').flatMap((object) =>
      named(object, object.spec.selector?.matchLabels, 'spec.selector.matchLabels', 'so it keeps no pod of a release'),
    ),
    ...ofKind(objects, 'Deployment').flatMap((object) =>
      named(
        object,
        object.spec.selector.matchLabels,
        'spec.selector.matchLabels',
        'and Kubernetes refuses every change of it, so there can be no other release',
      ),
    ),
  ],
};

function named(
  object: KubeObject,
  labels: Readonly<Record<string, string>> | undefined,
  at: string,
  consequence: string,
): Breach[] {
  const version = labels?.[versionLabel];
  if (version === undefined) return [];
  return [{ object, path: `${at}['${versionLabel}']`, message: `is ${version}, ${consequence}: take it out` }];
}
