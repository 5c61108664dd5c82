import { appNames, sessionApp } from '../../../apps/environment/apps.ts';
import { contract } from '../../contract.ts';
import { crawl } from '../crawl.ts';
import { nonceOf, securityHeaderFaults } from '../rules/security-headers.ts';
import { repeated } from '../check.ts';
import { ofPods, type AppCheck } from './app-check.ts';

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
      const answers = await repeated(() => client.get(app, '/sign-in'));
      const [page] = answers;
      const nonces = answers.map(({ headers }) => nonceOf(headers));
      const own = new Set(nonces).size;
      const redirect = await client.get(app, '/');
      const refusal = await client.get(app, sessionApp[app].api[0]);
      return {
        saw: `page ${page!.status}, redirect ${redirect.status}, refusal ${refusal.status}`,
        faults: [
          ...new Set(answers.flatMap(({ headers }) => securityHeaderFaults(`GET /sign-in of ${app}`, headers, true))),
          ...securityHeaderFaults(`GET / of ${app}`, redirect.headers, false),
          ...securityHeaderFaults(`GET ${sessionApp[app].api[0]} of ${app}`, refusal.headers, false),
          ...(nonces[0] !== undefined && own < answers.length
            ? [
                `Of ${answers.length} answers of ${app} only ${own} have a script nonce of their own: a cache in front keeps pages, which it must leave alone, or a pod has one nonce for all.`,
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
          const answers = await repeated(() => client.get(app, path, cookie ? { headers: { cookie } } : {}));
          const who = cookie ? 'a worthless cookie' : 'no cookie';
          for (const status of new Set(answers.map((answer) => answer.status).filter((each) => each !== 401)))
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
