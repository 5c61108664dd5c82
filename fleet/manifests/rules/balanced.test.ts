import { expect, test } from 'vitest';
import type { KubeObject } from '../objects.ts';
import { violationsOf } from '../rules.ts';
import { balancedRequests } from './balanced.ts';

const object = (kind: string, rest: Partial<KubeObject>, annotations?: Record<string, string>): KubeObject => ({
  apiVersion: kind === 'IngressRoute' || kind === 'TraefikService' ? 'traefik.io/v1alpha1' : 'v1',
  kind,
  spec: {},
  ...rest,
  metadata: { name: 'operator', namespace: 'dezky', ...(annotations && { annotations }) },
});
const sentencesFor = (one: KubeObject): string[] =>
  violationsOf([one], [balancedRequests]).map(({ sentence }) => sentence);
const sticky = { cookie: { name: 'pod' } };

test.each<[string, KubeObject, string]>([
  [
    'a Service',
    object('Service', {}, { 'traefik.ingress.kubernetes.io/service.sticky.cookie': 'true' }),
    `Service operator: metadata.annotations['traefik.ingress.kubernetes.io/service.sticky.cookie'] is "true": requests would stick to one pod, which hides sessions that the others do not have`,
  ],
  [
    'a Service, by the cookie’s name alone',
    object('Service', {}, { 'traefik.ingress.kubernetes.io/service.sticky.cookie.name': 'pod' }),
    `service.sticky.cookie.name'] is "pod"`,
  ],
  [
    'an Ingress',
    object('Ingress', {}, { 'traefik.ingress.kubernetes.io/service.sticky.cookie': 'true' }),
    'Ingress operator: metadata.annotations',
  ],
  ['an Ingress of old', object('Ingress', {}, { 'traefik.ingress.kubernetes.io/affinity': 'true' }), 'is "true"'],
  ['an Ingress of nginx', object('Ingress', {}, { 'nginx.ingress.kubernetes.io/affinity': 'cookie' }), 'is "cookie"'],
  [
    'kube-proxy',
    object('Service', { spec: { sessionAffinity: 'ClientIP' } }),
    'Service operator: spec.sessionAffinity is ClientIP: requests would stick to one pod',
  ],
  [
    'an IngressRoute',
    object('IngressRoute', { spec: { routes: [{ match: 'x', services: [{ name: 'operator', sticky }] }] } }),
    'IngressRoute operator: spec.routes[0].services[0].sticky is there: requests would stick',
  ],
  [
    'a TraefikService',
    object('TraefikService', { spec: { weighted: { services: [], sticky } } }),
    'TraefikService operator: spec.weighted.sticky is there',
  ],
])('stickiness by %s is told', (_, one, message) => {
  expect(sentencesFor(one)).toEqual([expect.stringContaining(message)]);
});

test.each<[string, KubeObject]>([
  [
    'an annotation that says no',
    object('Service', {}, { 'traefik.ingress.kubernetes.io/service.sticky.cookie': 'false' }),
  ],
  ['another annotation', object('Service', {}, { 'traefik.ingress.kubernetes.io/service.passhostheader': 'true' })],
  ['no affinity by name', object('Service', { spec: { sessionAffinity: 'None' } })],
])('%s is none', (_, one) => expect(sentencesFor(one)).toEqual([]));
