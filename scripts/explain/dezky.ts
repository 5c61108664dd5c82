import { appNames, sessionApp, urlVariable, type AppName } from '../../apps/environment/apps.ts';
import { sessionReasons } from '../../apps/environment/session-reasons.ts';
import { contract, publicPages, routes } from '../../e2e/contract.ts';
import { signOutFix } from '../../e2e/probes/rules/end-session.ts';
import { nextAfterFailure } from '../../e2e/probes/rules/next-step.ts';
import { redirectOf, type BrowserExchange } from './exchange.ts';
import { rolesOf } from './hosts.ts';
import type { Advice, Looked, Parties, Site } from './parties.ts';
import { storyOf, type Story } from './story.ts';

const session = '/api/_auth/session';

/** Paths of the sign-in, and the cookie: what no other app has. */
export const isOfDezky = ({ url, sent, received }: BrowserExchange): boolean =>
  url.pathname.startsWith('/auth/oidc/') ||
  url.pathname === session ||
  received.has('x-session-reason') ||
  [sent.get('cookie'), ...received.getSetCookie()].some((text) => text?.includes(`${contract.sessionCookie}=`));

/** Where a refusal leads, and what holds the session. */
export const starts = ['/sign-in'];
export const cookies = [contract.sessionCookie];

/** Who takes part in a recording of these apps. @param map of hosts, as `host=app`. @throws HarnessError when no app does. */
export function dezkyIn(exchanges: readonly BrowserExchange[], map: readonly string[] = []): Parties<AppName> {
  const roles = rolesOf(new Set(exchanges.map(({ url }) => url.host)), map);
  const hostsOf = (role: string) => new Set([...roles].flatMap(([host, its]) => (its === role ? [host] : [])));
  return {
    sites: appNames.map((name): Site<AppName> => {
      const { api, pages } = sessionApp[name];
      const paths = { session, api, pages, publicPages };
      return {
        name,
        hosts: hostsOf(name),
        callbacks: [routes.callback],
        signOuts: [`POST ${routes.signOut}`],
        starts,
        cookies,
        podHeader: 'x-served-by',
        routes: paths,
      };
    }),
    provider: { name: 'Authentik', host: authentikIn(exchanges) },
    providerHosts: hostsOf('auth'),
    advice,
  };
}

/** @throws HarnessError when no app is in it. */
export const dezkyStory = (recorded: readonly BrowserExchange[], map?: readonly string[]): Story<AppName> =>
  storyOf(recorded, dezkyIn(recorded, map));

const authentikIn = (exchanges: readonly BrowserExchange[]): string | undefined =>
  exchanges.flatMap((exchange) => {
    const to = exchange.url.pathname === routes.signIn ? redirectOf(exchange) : null;
    // A captive portal leads elsewhere.
    return to && to.host !== exchange.url.host && to.pathname.endsWith('/application/o/authorize/') ? [to.host] : [];
  })[0];

const logOf = ({ app, requestId }: Looked): string =>
  `kubectl logs -n dezky -l app.kubernetes.io/name=${app} --since=24h --tail=-1 | grep ${
    requestId ?? `-E '"event":"(session-end|no-session)"'`
  }`;

const advice: Advice = {
  reasons: sessionReasons,
  failures: nextAfterFailure,
  perPod: Object.values(sessionReasons)
    .flatMap(({ perPod }) => perPod ?? [])
    .join(', or '),
  logOf,
  checks: (refused) => [
    `a pod says why: ${logOf(refused)}`,
    'the pods differ: npm run diagnose -- --for 30 --cookie session.txt (docs/repro.md)',
    'Redis was full or emptied: redis-cli INFO stats (evicted_keys), INFO server (uptime_in_seconds)',
    'the entry is in another database: redis-cli INFO keyspace',
    'the user was deactivated, or the session ended at Authentik: its log of events for this user',
  ],
  blockedSignOut:
    'Look at the console of the browser, and at the host in NUXT_PUBLIC_AUTH_URL of the pods: npm run diagnose -- --help',
  wrongSignOut: ({ app, pod, outcome }) => [
    outcome.statusThere
      ? `Compare endSessionUrl in apps/${app}/nuxt.config.ts and ${urlVariable(app)} with the provider of ${app} in Authentik, whose log of events says why.`
      : `Next: ${signOutFix(app)}.`,
    `What the pods have: kubectl exec -n dezky ${pod ?? `deployment/${app}`} -- env | grep -E 'LOGOUT|AUTH_URL|${urlVariable(app)}'`,
  ],
  howToRecord: ': docs/repro.md',
};
