import { appNames } from '../../apps/environment/apps.ts';
import { test } from './fixtures.ts';
import { discoveryFaults, discoveryPath, jsonOf, type Discovery } from '../probes/rules/discovery.ts';

for (const app of appNames) {
  test.describe(app, () => {
    test('Authentik describes this application at this URL', async ({ client, target, report }) => {
      const path = discoveryPath(app);
      const { status, body, url } = await client.get('auth', path);
      if (status !== 200) {
        throw new Error(`${url} answers ${status}: create the application with the slug ${app} in Authentik.`);
      }
      const document = jsonOf(url, body) as Discovery;
      const faults = discoveryFaults(document, target.urls.auth, app);
      const jwks = await client.get('auth', `/application/o/${app}/jwks/`);
      const { keys = [] } = jwks.status === 200 ? (jsonOf(jwks.url, jwks.body) as { keys?: unknown[] }) : {};
      report({
        saw: `issuer ${String(document.issuer)}, ${keys.length} signing ${keys.length === 1 ? 'key' : 'keys'}`,
        faults: [
          ...faults,
          ...(keys.length > 0
            ? []
            : [`${jwks.url} (${jwks.status}) holds no key: choose a signing key (RS256) in the provider of ${app}.`]),
        ],
      });
    });
  });
}
