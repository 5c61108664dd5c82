import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { kubeconfigFor, listening } from '../testing.ts';
import { render } from '../manifests/render.ts';
import { repositoryRoot } from '../root.ts';
import { KubernetesApi } from './api.ts';

const kinds = new Set(['CustomResourceDefinition', 'IngressClass', 'NetworkPolicy']);

const resources: Record<string, object[]> = {
  'apiextensions.k8s.io/v1': [{ name: 'customresourcedefinitions', kind: 'CustomResourceDefinition' }],
  'networking.k8s.io/v1': [
    { name: 'ingressclasses', kind: 'IngressClass' },
    { name: 'networkpolicies', kind: 'NetworkPolicy', namespaced: true },
  ],
  'batch/v1': [{ name: 'jobs', kind: 'Job', namespaced: true }],
};

/** An API server that knows these kinds, and the requests that change something. */
async function apiServer() {
  const received: Array<{ url: string | undefined; body: unknown }> = [];
  const server = createServer(async (request, response) => {
    response.setHeader('content-type', 'application/json');
    const groupVersion = request.url?.replace('/apis/', '') ?? '';
    const kindsOfGroup = resources[groupVersion]?.map((resource) => ({ namespaced: false, ...resource }));
    const list = { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: kindsOfGroup };
    const body = kindsOfGroup ? JSON.stringify(list) : (await text(request)) || '{}';
    if (!kindsOfGroup) received.push({ url: request.url, body: JSON.parse(body) as unknown });
    response.end(body);
  });
  return { api: new KubernetesApi(kubeconfigFor(await listening(server)), 'tester'), received };
}

test('an object reaches the API with every field of its manifest', async () => {
  const folders = ['fleet/e2e/cluster/definitions', 'fleet/apps'].map((folder) => join(repositoryRoot, folder));
  const objects = (await Promise.all(folders.map(render))).flat().filter(({ kind }) => kinds.has(kind));
  const { api, received } = await apiServer();
  for (const object of objects) await api.apply(object);
  expect(received.map(({ body }) => body)).toEqual(objects);
});

test('removing a Job removes its pods', async () => {
  const { api, received } = await apiServer();
  await api.remove({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'gate', namespace: 'n' } });
  // Of the kinds of batch/v1 alone Kubernetes keeps the dependents unless the request says otherwise.
  expect(received.map(({ url }) => url)).toEqual([
    '/apis/batch/v1/namespaces/n/jobs/gate?propagationPolicy=Background',
  ]);
});
