import { appNames } from '../../../apps/environment/apps.ts';
import { ofPods, type AppCheck } from './app-check.ts';

const path = '/sign-in?smoke=1';
const middleware = 'look at the Middleware of its redirect Ingress (fleet/apps/redirect-https.yaml)';

export const plainHttp = appNames.map((app): AppCheck => ({
  of: app,
  title: 'plain http redirects to https, to the same path',
  run: ofPods(app, async ({ client, target }) => {
    const { status, headers } = await client.get(app, path, { scheme: 'http' });
    const location = headers.location ?? 'nowhere';
    const wanted = target.urls[app] + path;
    return {
      saw: `${status} to ${location}`,
      faults: [
        ...([301, 308].includes(status) && location === wanted
          ? []
          : [
              `GET http://${new URL(wanted).host}${path} leads to ${location} (${status}), not to ${wanted}: ${middleware}.`,
            ]),
        ...(headers['strict-transport-security'] === undefined
          ? []
          : [
              `${app} sends Strict-Transport-Security over plain http, where it means nothing (RFC 6797 section 7.2): ${middleware}.`,
            ]),
      ],
    };
  }),
}));
