import { appNames } from '../../../apps/environment/apps.ts';
import { discoveryFaults, discoveryPath, jsonOf, type Discovery } from '../rules/discovery.ts';
import { CheckFailed } from '../check.ts';
import { keysIn } from '../json-object.ts';
import type { AppCheck } from './app-check.ts';

export const discovery = appNames.map((app): AppCheck => ({
  of: app,
  title: 'Authentik describes this application at this URL',
  async run({ client, target }) {
    const { status, body, url } = await client.get('auth', discoveryPath(app));
    if (status !== 200)
      throw new CheckFailed(
        status === 404
          ? `${url} answers 404: create the application with the slug ${app} in Authentik.`
          : `${url} answers ${status}: look whether Authentik runs, and at its ingress.`,
      );
    const document = jsonOf(url, body) as Discovery;
    const jwks = await client.get('auth', `/application/o/${app}/jwks/`);
    const keys = jwks.status === 200 ? keysIn(jwks.body) : 0;
    return {
      saw: `issuer ${String(document.issuer)}, ${keys} signing ${keys === 1 ? 'key' : 'keys'}`,
      faults: [
        ...discoveryFaults(document, target.urls.auth, app),
        ...(keys > 0
          ? []
          : [`${jwks.url} (${jwks.status}) holds no key: choose a signing key (RS256) in the provider of ${app}.`]),
      ],
    };
  },
}));
