import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../root.ts';
import { authentikIn, changesForAuthentik, type Authentik } from './authentik.ts';
import { applyChanges } from './changes.ts';
import { named, type KubeObject } from './objects.ts';
import { render } from './render.ts';

const rendered = await render(join(repositoryRoot, 'fleet/e2e'));
const withAuthentik = (authentik: Authentik | undefined): KubeObject[] =>
  applyChanges(rendered, changesForAuthentik(rendered, authentik, 'auth.dezky.example'));

test.each<Authentik>([
  { profile: '2026.8' },
  { profile: '2025.12.4' },
  { server: { origin: 'http://127.0.0.1:9000', token: 'a token' } },
  { server: { origin: 'https://sso.test:443', token: 'a token' } },
  { server: { origin: 'https://sso.test:443', token: 'a token', callsTo: 'http://127.0.0.1:9001' } },
])('%o is what the fleet has then', (authentik) => {
  expect(authentikIn(withAuthentik(authentik))).toEqual(authentik);
});

test('a server takes the place of the mock, and its token that of the e2e fleet', () => {
  const objects = withAuthentik({ server: { origin: 'https://sso.test', token: 'a token' } });
  expect(named(objects, 'Deployment', 'authentik')?.spec.replicas).toBe(0);
  expect(named(objects, 'Service', 'authentik')?.spec).toEqual({
    type: 'ExternalName',
    externalName: 'sso.test',
    ports: [{ name: 'http', port: 443, appProtocol: 'https' }],
  });
  expect(named(objects, 'ConfigMap', 'platform-api-upstreams')?.data?.['AUTHENTIK_API_URL']).toBe(
    'https://auth.dezky.example/api/v3',
  );
  const tokens = ['authentik-secrets', 'platform-api-secrets'].map(
    (name) => named(objects, 'Secret', name)?.stringData?.['AUTHENTIK_API_TOKEN'],
  );
  expect(tokens).toEqual(['a token', 'a token']);
});
