import { expect, test } from 'vitest';
import type { Service } from '../../manifests/objects.ts';
import { Endpoints } from './endpoints.ts';

test('a Service with an external name has one endpoint, which is no pod', () => {
  const endpoints = new Endpoints({ add: 0, remove: 0 }, () => {});
  const leadingTo = (appProtocol: string): Service => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'authentik' },
    spec: { type: 'ExternalName', externalName: 'sso.test', ports: [{ name: 'http', port: 8443, appProtocol }] },
  });
  for (const protocol of ['http', 'https']) {
    expect(endpoints.of(leadingTo(protocol), 'http')).toEqual([
      { pod: 'authentik', host: 'sso.test', port: 8443, outside: protocol },
    ]);
  }
  expect(endpoints.of(leadingTo('http'), 'other')).toEqual([]);
});
