import { join } from 'node:path';
import type { Operation } from 'rfc6902';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../../root.ts';
import { applyChanges } from '../changes.ts';
import { render } from '../render.ts';
import { violationsOf } from '../rules.ts';
import { ownCertificate } from './own-certificate.ts';
import { ownPods } from './own-pods.ts';

const rendered = await render(join(repositoryRoot, 'fleet/apps'));
const broken = (kind: string, ...patch: Operation[]): string[] =>
  violationsOf(applyChanges(rendered, [{ manifests: [{ target: { kind, name: 'portal' }, patch }] }]), [
    ownPods,
    ownCertificate,
  ]).map(({ sentence }) => sentence);
const spread = '/spec/template/spec/topologySpreadConstraints/0/labelSelector';

test.each<[string, string, Operation, string[]]>([
  [
    'a Service of every app',
    'Service',
    { op: 'replace', path: '/spec/selector', value: { 'app.kubernetes.io/part-of': 'dezky' } },
    [
      'Service portal: spec.selector selects the pods of operator, platform-api, portal, so requests reach the wrong app',
    ],
  ],
  [
    'a Service that stays on its node',
    'Service',
    { op: 'add', path: '/spec/internalTrafficPolicy', value: 'Local' },
    ['Service portal: spec.internalTrafficPolicy is Local, so it leads nowhere on a node without a pod'],
  ],
  [
    'a Service of pods that are not Ready',
    'Service',
    { op: 'add', path: '/spec/publishNotReadyAddresses', value: true },
    ['Service portal: spec.publishNotReadyAddresses is true, so requests reach pods that cannot answer'],
  ],
  [
    'a spread by the labels of another app',
    'Deployment',
    { op: 'replace', path: spread, value: { matchLabels: { 'app.kubernetes.io/name': 'operator' } } },
    ['topologySpreadConstraints[0].labelSelector does not match the pods themselves'],
  ],
  [
    'a spread by no labels',
    'Deployment',
    { op: 'remove', path: spread },
    ['topologySpreadConstraints[0].labelSelector does not match the pods themselves'],
  ],
  [
    'the Secret of another host',
    'Ingress',
    { op: 'replace', path: '/spec/tls/0/secretName', value: 'operator-tls' },
    [
      'Ingress operator: spec.tls[0].secretName is that of Ingress portal',
      'Ingress portal: spec.tls[0].secretName is that of Ingress operator',
    ],
  ],
  [
    'a certificate for another host',
    'Ingress',
    { op: 'replace', path: '/spec/tls/0/hosts', value: ['mail.dezky.example'] },
    ['Ingress portal: spec.tls does not name portal.dezky.example'],
  ],
  [
    'a certificate for the names below its own',
    'Ingress',
    { op: 'replace', path: '/spec/tls/0/hosts', value: ['*.portal.dezky.example'] },
    ['Ingress portal: spec.tls does not name portal.dezky.example'],
  ],
])('%s is told', (_what, kind, patch, sentences) => {
  expect(broken(kind, patch)).toEqual(sentences.map((sentence) => expect.stringContaining(sentence)));
});

test('a wildcard certificate is one for every host of its domain', () => {
  expect(broken('Ingress', { op: 'replace', path: '/spec/tls/0/hosts', value: ['*.dezky.example'] })).toEqual([]);
});
