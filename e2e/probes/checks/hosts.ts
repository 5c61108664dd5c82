import { appNames } from '../../../apps/environment/apps.ts';
import { CheckFailed } from '../check.ts';
import { everyHost } from '../client.ts';
import { keysIn } from '../json-object.ts';
import { seenCertificate } from '../rules/certificate.ts';
import { discoveryFaults, discoveryPath, jsonOf, type Discovery } from '../rules/discovery.ts';
import { ofPods, type AppCheck } from './app-check.ts';

export const certificate = everyHost.map(([of]): AppCheck => ({
  of,
  title: 'it answers in time, and its certificate is trusted and does not expire soon',
  run: async ({ timely }) => seenCertificate(await timely(of)),
}));

const away = (url: string, status: number): string =>
  `${url} answers ${status}: look whether Authentik runs, and at its ingress.`;

export const discovery = appNames.map((app): AppCheck => ({
  of: app,
  title: 'Authentik describes this application at this URL',
  async run({ client, target }) {
    const { status, body, url } = await client.get('auth', discoveryPath(app));
    if (status !== 200)
      throw new CheckFailed(
        status === 404
          ? `${url} answers 404: create the application with the slug ${app} in Authentik; if it is there, look which rule in front answers.`
          : away(url, status),
      );
    const document = jsonOf(url, body) as Discovery;
    const jwks = await client.get('auth', `/application/o/${app}/jwks/`);
    const keys = keysIn(jwks);
    const noKey =
      jwks.status === 200
        ? `${jwks.url} holds no key: choose a signing key (RS256) in the provider of ${app}.`
        : away(jwks.url, jwks.status);
    return {
      saw: `issuer ${String(document.issuer)}, ${keys} signing ${keys === 1 ? 'key' : 'keys'}`,
      faults: [...discoveryFaults(document, target.urls.auth, app), ...(keys > 0 ? [] : [noKey])],
    };
  },
}));

const path = '/sign-in?smoke=1';
const middleware = 'look at the Middleware of its redirect Ingress (fleet/apps/redirect-https.yaml)';

export const plainHttp = appNames.map((app): AppCheck => ({
  of: app,
  title: 'plain http redirects to https, to the same path',
  run: ofPods(app, async ({ client, target }) => {
    const { status, headers } = await client.get(app, path, { scheme: 'http' });
    const location = headers.location ?? 'nowhere';
    const wanted = target.urls[app] + path;
    const isRight = [301, 308].includes(status) && location === wanted;
    const elsewhere = `GET http://${new URL(wanted).host}${path} leads to ${location} (${status}), not to ${wanted}: ${middleware}.`;
    const transportSecurity = `${app} sends Strict-Transport-Security over plain http, where it means nothing (RFC 6797 section 7.2): ${middleware}.`;
    return {
      saw: `${status} to ${location}`,
      faults: [
        ...(isRight ? [] : [elsewhere]),
        ...(headers['strict-transport-security'] === undefined ? [] : [transportSecurity]),
      ],
    };
  }),
}));
