import { appNames, sessionApp, type AppName } from '../../apps/environment/apps.ts';
import { contract } from '../contract.ts';
import { crawl } from '../probes/crawl.ts';
import { requirePod, test } from './fixtures.ts';
import { nonceOf, securityHeaderFaults } from '../probes/rules/security-headers.ts';
import { shows } from '../requirements/requirements.ts';

/** Regressions that only one of the apps has. */
const onlyOf: Partial<Record<AppName, string[]>> = {
  operator: ['@operator-label-hard-coded'],
  portal: ['@portal-copy-hard-coded'],
};

const pagesAsked = 6;

for (const app of appNames) {
  test.describe(app, () => {
    test.beforeEach(({ client }) => requirePod(client, app));
    test('no page and no script names a development host', { tag: onlyOf[app] ?? [] }, async ({ client, report }) => {
      test.setTimeout(120_000);
      const { pages, files, faults } = await crawl(client, app);
      report({ saw: `${pages} pages, ${files} scripts and styles`, faults });
    });

    test(
      'every kind of response has its security headers',
      {
        tag: ['@security-headers-missing', '@responses-cacheable', '@csp-nonce-reused'],
        annotation: shows('ASVS 3.4.5', 'ASVS 3.4.6', 'RFC 9700 4.2.4 Referer'),
      },
      async ({ client, report }) => {
        const page = await client.get(app, '/sign-in');
        const nonces = [nonceOf(page.headers)];
        // More than there are pods: each must make a nonce for every page.
        for (let again = 1; again < pagesAsked; again += 1) {
          nonces.push(nonceOf((await client.get(app, '/sign-in')).headers));
        }
        const redirect = await client.get(app, '/');
        const refusal = await client.get(app, sessionApp[app].api[0]);
        report({
          saw: `page ${page.status}, redirect ${redirect.status}, refusal ${refusal.status}`,
          faults: [
            ...securityHeaderFaults(`GET /sign-in of ${app}`, page.headers, true),
            ...securityHeaderFaults(`GET / of ${app}`, redirect.headers, false),
            ...securityHeaderFaults(`GET ${sessionApp[app].api[0]} of ${app}`, refusal.headers, false),
            ...(nonces[0] !== undefined && new Set(nonces).size < nonces.length
              ? [
                  `Of ${nonces.length} answers of ${app} only ${new Set(nonces).size} have a script nonce of their own: a cache in front keeps pages, which it must leave alone, or a pod has one nonce for all.`,
                ]
              : []),
          ],
        });
      },
    );

    test(
      'without a session the API responds with 401, and a page is the sign-in page',
      { tag: ['@pages-without-session-check'], annotation: shows('ASVS 7.2.1') },
      async ({ client, target, report }) => {
        const wrong: string[] = [];
        for (const path of sessionApp[app].api) {
          for (const cookie of ['', `${contract.sessionCookie}=worthless`]) {
            const { status } = await client.get(app, path, cookie ? { headers: { cookie } } : {});
            const who = cookie ? 'a worthless cookie' : 'no cookie';
            if (status !== 401) {
              wrong.push(
                `GET ${path} of ${app} with ${who} is answered with ${status}, not 401: look at the pods' log.`,
              );
            }
          }
        }
        const { status, headers } = await client.get(app, '/');
        const landed = headers.location === undefined ? undefined : URL.parse(headers.location, target.urls[app])?.href;
        report({
          saw: `401 from ${sessionApp[app].api.join(', ')}; / leads to ${headers.location ?? 'nowhere'}`,
          faults: [
            ...wrong,
            ...(status === 302 && landed === `${target.urls[app]}/sign-in`
              ? []
              : [
                  `GET / of ${app} leads a stranger to ${landed ?? 'nowhere'} (${status}), not to its sign-in page: look at the pods' log.`,
                ]),
          ],
        });
      },
    );
  });
}
