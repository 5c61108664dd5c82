import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Operation } from 'rfc6902';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../../root.ts';
import { applyChanges } from '../changes.ts';
import { shippedApps } from '../images.ts';
import { render } from '../render.ts';
import { violationsOf } from '../rules.ts';
import { healthPaths, probeValues } from './probes.ts';

const rendered = await render(join(repositoryRoot, 'fleet/apps'));
const container = '/spec/template/spec/containers/0';

const sentencesFor = (name: string, path: string, value?: unknown): string[] => {
  const operation: Operation =
    value === undefined ? { op: 'remove', path: container + path } : { op: 'add', path: container + path, value };
  const objects = applyChanges(rendered, [
    { manifests: [{ target: { kind: 'Deployment', name }, patch: [operation] }] },
  ]);
  return violationsOf(objects, [probeValues]).map(({ sentence }) => sentence);
};

test('every app is known, and has the routes that its probes ask', () => {
  expect(Object.keys(healthPaths).toSorted()).toEqual(shippedApps.map(({ key }) => key).toSorted());
  for (const [app, { live, ready }] of Object.entries(healthPaths)) {
    const routes = app === 'platform-api' ? 'apps/platform-api/server/routes' : 'apps/base/server';
    for (const path of [live, ready]) {
      expect({ app, path, exists: existsSync(join(repositoryRoot, routes, `${path}.get.ts`)) }).toEqual({
        app,
        path,
        exists: true,
      });
    }
  }
});

test.each<[string, string, unknown, string]>([
  [
    'operator',
    '/readinessProbe/httpGet/path',
    '/api/_health/live',
    'readinessProbe.httpGet.path is /api/_health/live, so a pod that cannot read sessions is sent requests: ask /api/_health/ready',
  ],
  ['operator', '/readinessProbe/httpGet/path', '/', 'readinessProbe.httpGet.path is /, so a pod'],
  ['operator', '/readinessProbe/httpGet/path', undefined, 'readinessProbe.httpGet.path is not there, so a pod'],
  [
    'operator',
    '/readinessProbe',
    { tcpSocket: { port: 'http' }, periodSeconds: 2, failureThreshold: 2, timeoutSeconds: 3 },
    'readinessProbe.httpGet.path is not there',
  ],
  [
    'portal',
    '/livenessProbe/httpGet/path',
    '/api/_health/ready',
    'livenessProbe.httpGet.path is /api/_health/ready, so an outage of Redis restarts every pod: ask /api/_health/live',
  ],
  [
    'portal',
    '/startupProbe/httpGet/path',
    '/api/_health/ready',
    'startupProbe.httpGet.path is /api/_health/ready, so an app that is up',
  ],
  ['platform-api', '/readinessProbe/httpGet/path', '/api/_health/ready', 'ask /health/ready'],
  [
    'operator',
    '/readinessProbe/httpGet/port',
    'https',
    'readinessProbe.httpGet.port is https, no port of the container',
  ],
  ['operator', '/livenessProbe/httpGet/port', 8080, 'livenessProbe.httpGet.port is 8080, no port of the container'],
  [
    'operator',
    '/startupProbe/failureThreshold',
    5,
    'startupProbe.periodSeconds x failureThreshold is 5 s, not 30 to 60',
  ],
  [
    'operator',
    '/startupProbe/failureThreshold',
    600,
    'startupProbe.periodSeconds x failureThreshold is 600 s, not 30 to 60',
  ],
  [
    'operator',
    '/readinessProbe/failureThreshold',
    30,
    'readinessProbe.periodSeconds x failureThreshold is 60 s, not 2 to 10',
  ],
  [
    'operator',
    '/readinessProbe/failureThreshold',
    1,
    'readinessProbe.failureThreshold is 1, so one slow answer is enough: give at least 2',
  ],
  [
    'operator',
    '/readinessProbe/periodSeconds',
    undefined,
    'readinessProbe.periodSeconds x failureThreshold is 20 s, not 2 to 10',
  ],
  [
    'operator',
    '/livenessProbe/periodSeconds',
    1,
    'livenessProbe.periodSeconds x failureThreshold is 3 s, not 20 to 60',
  ],
  [
    'operator',
    '/livenessProbe/failureThreshold',
    60,
    'livenessProbe.periodSeconds x failureThreshold is 600 s, not 20 to 60',
  ],
  ['operator', '/readinessProbe/timeoutSeconds', undefined, 'readinessProbe.timeoutSeconds is 1, not 2 to 5'],
  ['operator', '/livenessProbe/timeoutSeconds', 30, 'livenessProbe.timeoutSeconds is 30, not 2 to 5'],
])('%s with %s = %j', (name, path, value, message) => {
  expect(sentencesFor(name, path, value)).toEqual([expect.stringContaining(`Deployment ${name}: `)]);
  expect(sentencesFor(name, path, value)[0]).toContain(message);
});

test('a container port by its number is one of its ports', () => {
  expect(sentencesFor('operator', '/readinessProbe/httpGet/port', 3000)).toEqual([]);
});
