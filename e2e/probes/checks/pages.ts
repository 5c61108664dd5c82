import { appNames, sessionApp, type AppName } from '../../../apps/environment/apps.ts';
import { contract, publicPages } from '../../contract.ts';
import type { SmokeClient } from '../client.ts';
import { developmentHostsIn, filesNamedIn, fileKindOf } from '../rules/development-hosts.ts';
import { nonceOf, securityHeaderFaults } from '../rules/security-headers.ts';
import { CheckFailed, repeated } from '../check.ts';
import { locationIn } from '../rules/authorization-request.ts';
import { isPage } from '../rules/in-front.ts';
import { refusals } from '../rules/refusals.ts';
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
      const [api] = sessionApp[app].api;
      const answers = await repeated(() => client.get(app, '/sign-in'));
      const nonces = answers.map(({ headers }) => nonceOf(headers));
      const own = new Set(nonces).size;
      const redirect = await client.get(app, '/');
      const refusal = await client.get(app, api);
      const isStale = answers.some(({ body }, index) => nonces[index] && !body.includes(`nonce="${nonces[index]}"`));
      const stale = `The scripts of GET /sign-in of ${app} have another nonce than its content-security-policy, so that a browser runs none of them: look at what keeps or rewrites pages on the way.`;
      const kept = `Of ${answers.length} answers of ${app} only ${own} have a script nonce of their own: a cache in front keeps pages, which it must leave alone, or a pod has one nonce for all.`;
      return {
        saw: `page ${answers[0]?.status}, redirect ${redirect.status}, refusal ${refusal.status}`,
        faults: [
          ...securityHeaderFaults(app, [
            ...answers.map(({ headers }) => ['GET /sign-in', headers, true] as const),
            ['GET /', redirect.headers, false],
            [`GET ${api}`, refusal.headers, false],
          ]),
          ...(nonces[0] !== undefined && own < answers.length ? [kept] : []),
          ...(isStale ? [stale] : []),
        ],
      };
    }),
  },
  {
    of: app,
    title: 'without a session the API responds with 401, and a page is the sign-in page',
    run: ofPods(app, async ({ client, target }) => {
      const { api } = sessionApp[app];
      const get = (path: string, headers: Record<string, string>) => client.get(app, path, { headers });
      const { faults } = await refusals(get, api, contract.sessionCookie);
      const page = await client.get(app, '/');
      const landed = locationIn(page)?.href;
      const strangers = `GET / of ${app} leads a stranger to ${landed ?? 'nowhere'} (${page.status}), not to its sign-in page: look at the pods' log.`;
      return {
        saw: `401 from ${api.join(', ')}; / leads to ${page.headers.location ?? 'nowhere'}`,
        faults: [...faults, ...(page.status === 302 && landed === `${target.urls[app]}/sign-in` ? [] : [strangers])],
      };
    }),
  },
]);

const maxFiles = 300;

/**
 * Reads an app's public pages and every script and style that they reference, also those of pages behind the sign-in,
 * because their copy is in the build. Hosts of the target itself are allowed, so that a development fleet can be
 * checked.
 */
export async function crawl(client: SmokeClient, app: AppName) {
  const allowed = new Set(Object.values(client.target.urls).map((url) => new URL(url).hostname));
  // What a file names is added while they are read.
  const paths = new Set<string>(publicPages);
  const faults: string[] = [];
  for (const path of paths) {
    const answer = await client.get(app, path);
    const { status, body } = answer;
    if (status !== 200) {
      const to = locationIn(answer)?.href;
      const advice = to
        ? `it leads to ${to.split('?')[0]}, so look at what redirects there`
        : status >= 500
          ? 'look whether each pod answers'
          : 'was the image built whole?';
      faults.push(`${app} answers ${status} to GET ${path}, which its pages need: ${advice}`);
      continue;
    }
    const kind = fileKindOf(path);
    if (kind !== 'page' && isPage(answer)) {
      faults.push(
        `${app} answers with a page to GET ${path}, which is a ${kind}: look at the routes of the ingress, and whether the image was built whole`,
      );
      continue;
    }
    faults.push(
      ...developmentHostsIn(kind, body)
        .filter((host) => !allowed.has(host))
        .map(
          (host) =>
            `${path} of ${app} names the development host ${host}: take it from the environment ` +
            `(apps/${app}/app/composables), and set the NUXT_PUBLIC_* URLs in fleet/apps/${app}.yaml.`,
        ),
    );
    for (const file of filesNamedIn(kind, body, path)) paths.add(file);
    if (paths.size > maxFiles)
      throw new CheckFailed(
        `${app} has more than ${maxFiles} scripts and styles, which no build of it has: look at what answers there.`,
      );
  }
  return { pages: publicPages.length, files: paths.size - publicPages.length, faults };
}
