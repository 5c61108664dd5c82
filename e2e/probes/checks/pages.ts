import { appNames, sessionApp } from '../../../apps/environment/apps.ts';
import { contract } from '../../contract.ts';
import { crawl } from '../crawl.ts';
import { nonceOf, securityHeaderFaults } from '../rules/security-headers.ts';
import { ofPods, type AppCheck } from './app-check.ts';

/** More than there are pods: each must make a nonce for every page. */
const pagesAsked = 6;

export const pages = appNames.flatMap((app): AppCheck[] => [
  {
    of: app,
    title: 'no page and no script names a development host',
    run: ofPods(app, async ({ client }) => {
      const { pages: read, files, faults } = await crawl(client, app);
      return { saw: `${read} pages, ${files} scripts and styles`, faults };
    }),
  },
  {
    of: app,
    title: 'every kind of response has its security headers',
    run: ofPods(app, async ({ client }) => {
      const answers = [];
      for (let page = 0; page < pagesAsked; page += 1) answers.push(await client.get(app, '/sign-in'));
      const [page] = answers;
      const nonces = answers.map(({ headers }) => nonceOf(headers));
      const own = new Set(nonces).size;
      const redirect = await client.get(app, '/');
      const refusal = await client.get(app, sessionApp[app].api[0]);
      return {
        saw: `page ${page!.status}, redirect ${redirect.status}, refusal ${refusal.status}`,
        faults: [
          ...securityHeaderFaults(`GET /sign-in of ${app}`, page!.headers, true),
          ...securityHeaderFaults(`GET / of ${app}`, redirect.headers, false),
          ...securityHeaderFaults(`GET ${sessionApp[app].api[0]} of ${app}`, refusal.headers, false),
          ...(nonces[0] !== undefined && own < pagesAsked
            ? [
                `Of ${pagesAsked} answers of ${app} only ${own} have a script nonce of their own: a cache in front keeps pages, which it must leave alone, or a pod has one nonce for all.`,
              ]
            : []),
        ],
      };
    }),
  },
  {
    of: app,
    title: 'without a session the API responds with 401, and a page is the sign-in page',
    run: ofPods(app, async ({ client, target }) => {
      const wrong: string[] = [];
      for (const path of sessionApp[app].api) {
        for (const cookie of ['', `${contract.sessionCookie}=worthless`]) {
          const { status } = await client.get(app, path, cookie ? { headers: { cookie } } : {});
          const who = cookie ? 'a worthless cookie' : 'no cookie';
          if (status !== 401)
            wrong.push(`GET ${path} of ${app} with ${who} is answered with ${status}, not 401: look at the pods' log.`);
        }
      }
      const { status, headers } = await client.get(app, '/');
      const landed = headers.location === undefined ? undefined : URL.parse(headers.location, target.urls[app])?.href;
      return {
        saw: `401 from ${sessionApp[app].api.join(', ')}; / leads to ${headers.location ?? 'nowhere'}`,
        faults: [
          ...wrong,
          ...(status === 302 && landed === `${target.urls[app]}/sign-in`
            ? []
            : [
                `GET / of ${app} leads a stranger to ${landed ?? 'nowhere'} (${status}), not to its sign-in page: look at the pods' log.`,
              ]),
        ],
      };
    }),
  },
]);
