import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
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
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const api = new KubernetesApi(
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'u', user: {} }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }),
    'tester',
  );
  try {
    for (const object of objects) await api.apply(object);
    expect(received).toEqual(objects);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
