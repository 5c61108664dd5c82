import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { kubeconfigFor, listening } from '../testing.ts';
import type { KubeObject } from '../manifests/objects.ts';
import { render } from '../manifests/render.ts';
import { repositoryRoot } from '../root.ts';
import { KubernetesApi } from './api.ts';

const kinds = new Set(['CustomResourceDefinition', 'IngressClass', 'NetworkPolicy']);

test('an object reaches the API with every field of its manifest', async () => {
  const folders = ['fleet/e2e/cluster/definitions', 'fleet/apps'].map((folder) => join(repositoryRoot, folder));
  const objects = (await Promise.all(folders.map(render))).flat().filter(({ kind }) => kinds.has(kind));
  const received: unknown[] = [];
  const resources = {
    'apiextensions.k8s.io/v1': [{ name: 'customresourcedefinitions', kind: 'CustomResourceDefinition' }],
    'networking.k8s.io/v1': [
      { name: 'ingressclasses', kind: 'IngressClass' },
      { name: 'networkpolicies', kind: 'NetworkPolicy', namespaced: true },
    ],
  };
  const server = createServer(async (request, response) => {
    response.setHeader('content-type', 'application/json');
    const group = Object.entries(resources).find(([name]) => request.url === `/apis/${name}`);
    if (group) {
      const [groupVersion, resources] = group;
      const list = {
        kind: 'APIResourceList',
        apiVersion: 'v1',
        groupVersion,
        resources: resources.map((resource) => ({ namespaced: false, ...resource })),
      };
      response.end(JSON.stringify(list));
      return;
    }
    const body = await text(request);
    received.push(JSON.parse(body));
    response.end(body);
  });
  const api = new KubernetesApi(kubeconfigFor(await listening(server)), 'tester');
  for (const object of objects) await api.apply(object);
  expect(received).toEqual(objects);
});

test('removing a Job removes its pods', async () => {
  const deleted: string[] = [];
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.method === 'DELETE') deleted.push(request.url ?? '');
    const resources = [{ name: 'jobs', kind: 'Job', namespaced: true }];
    response.end(JSON.stringify({ kind: 'APIResourceList', apiVersion: 'v1', groupVersion: 'batch/v1', resources }));
  });
  const api = new KubernetesApi(kubeconfigFor(await listening(server)), 'tester');
  await api.remove({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'gate', namespace: 'n' } } as KubeObject);
  // Of the kinds of batch/v1 alone Kubernetes keeps the dependents unless the request says otherwise.
  expect(deleted).toEqual(['/apis/batch/v1/namespaces/n/jobs/gate?propagationPolicy=Background']);
});
