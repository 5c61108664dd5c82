import { ofKind, selects } from '../objects.ts';
import { appsIn, type Breach, type Rule } from './rule.ts';

/** Only those whom a NetworkPolicy names can connect to an app or to its Redis. */
export const closedPorts: Rule = {
  name: 'closed-ports',
  check: (objects) => {
    const policies = ofKind(objects, 'NetworkPolicy');
    const closes = (labels: Record<string, string>): boolean =>
      policies.some(({ spec }) => selects(spec.podSelector.matchLabels, labels));
    const open = policies.flatMap((object) =>
      (object.spec.ingress ?? []).flatMap(({ from = [] }, index): Breach[] => {
        const message = 'is not there, so everybody may connect: name who needs it';
        return from.length > 0 ? [] : [{ object, path: `spec.ingress[${index}].from`, message }];
      }),
    );
    const uncovered = appsIn(objects).flatMap(({ object }): Breach[] => {
      const path = 'spec.template.metadata.labels';
      const message = 'or those of its Redis are selected by no NetworkPolicy, so every pod may connect: add one';
      const isClosed =
        closes(object.spec.template.metadata.labels) && closes({ 'app.kubernetes.io/name': 'dezky-data' });
      return isClosed ? [] : [{ object, path, message }];
    });
    return [...open, ...uncovered];
  },
};
