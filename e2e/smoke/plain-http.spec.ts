import { appNames } from '../../apps/environment/apps.ts';
import { requirePod, test } from './fixtures.ts';

for (const app of appNames) {
  test.describe(app, () => {
    test.beforeEach(({ client }) => requirePod(client, app));
    test(
      'plain http redirects to https, to the same path',
      { tag: ['@no-https-redirect'] },
      async ({ client, target, report }) => {
        const { status, headers } = await client.get(app, '/sign-in?smoke=1', { scheme: 'http' });
        const location = headers.location ?? 'nowhere';
        const wanted = `${target.urls[app]}/sign-in?smoke=1`;
        const middleware = 'look at the Middleware of its redirect Ingress (fleet/apps/redirect-https.yaml)';
        report({
          saw: `${status} to ${location}`,
          faults: [
            ...([301, 308].includes(status) && location === wanted
              ? []
              : [
                  `GET http://${new URL(wanted).host}/sign-in?smoke=1 leads to ${location} (${status}), not to ${wanted}: ${middleware}.`,
                ]),
            ...(headers['strict-transport-security'] === undefined
              ? []
              : [
                  `${app} sends Strict-Transport-Security over plain http, where it means nothing (RFC 6797 section 7.2): ${middleware}.`,
                ]),
          ],
        });
      },
    );
  });
}
