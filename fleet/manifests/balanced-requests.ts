import { isKind, type KubeObject } from './objects.ts';
import type { Breach, Rule } from './rule.ts';

const consequence = 'requests would stick to one pod, which hides sessions that the others do not have: take it out';

/** Annotations that make ingresses keep a client on one pod. Traefik reads its own on a Service and on an Ingress. */
const stickyAnnotation =
  /^(traefik\.ingress\.kubernetes\.io\/(service\.sticky(\.|$)|affinity)|(nginx|haproxy-ingress)\.[\w.-]*\/affinity)/;

/** No Service and no router has session affinity. */
export const balancedRequests: Rule = {
  name: 'balanced-requests',
  check: (objects) => objects.flatMap((object) => [...annotated(object), ...affine(object)]),
};

function annotated(object: KubeObject): Breach[] {
  return Object.entries(object.metadata.annotations ?? {})
    .filter(([name, value]) => stickyAnnotation.test(name) && value !== 'false')
    .map(([name, value]) => ({
      object,
      path: `metadata.annotations['${name}']`,
      message: `is "${value}": ${consequence}`,
    }));
}

function affine(object: KubeObject): Breach[] {
  if (!isKind(object, 'Service')) return [];
  const { sessionAffinity = 'None' } = object.spec;
  if (sessionAffinity === 'None') return [];
  return [{ object, path: 'spec.sessionAffinity', message: `is ${sessionAffinity}: ${consequence}` }];
}
