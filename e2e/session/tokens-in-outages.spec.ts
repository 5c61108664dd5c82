import { randomUUID } from 'node:crypto';
import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import type { Person } from '../../fixtures/person.ts';
import type { Fault as AuthentikFault } from '../../fixtures/authentik/state/faults.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { deadline } from '../deadline.ts';
import { faults, type Fault } from '../faults/faults.ts';
import type { End, World } from '../faults/world.ts';
import { expect, test } from '../index.ts';
import type { AuthentikAdmin } from '../claims/authentik-admin.ts';
import { layerApp } from '../layer-app.ts';
import { twoPods } from '../claims/two-pods.ts';
import { routes } from '../contract.ts';
import { recovery, wholeFleet, withoutReadyPod } from '../models/recovery.ts';
import { seriesOf } from '../models/session-reports.ts';
import { WatchedApp } from '../models/watched-app.ts';
import { shows } from '../requirements/requirements.ts';

const appName = layerApp('operator');
const otherApp = appNames.find((name) => name !== appName)!;

/** Parts that can fail, and the log lines or counters that show it. */
const signs = {
  renewal: /^dezky_token_refresh_seconds_count\{.*"(?:unavailable|refused)"/,
  'sign-in': /^dezky_sign_ins_total\{.*"unavailable"/,
  'a late sign-in': /^An abandoned sign-in finished late/,
  revocation: /^A refresh token could not be revoked/,
  Redis: /^dezky_session_store_errors_total/,
  'platform-api': /^GET \/v1\//,
  'the user list': /upstream_failed: Authentik /,
  Stalwart: /upstream_failed: Stalwart /,
  OCIS: /upstream_failed: OCIS /,
};
type Part = keyof typeof signs;

interface Outage extends Pick<Fault, 'name' | 'needs'> {
  begin: (world: World & { authentikAdmin: AuthentikAdmin; person: Person }) => Promise<End | void>;
  /** What fails while it lasts. */
  fails: Part[];
  /** What fails when it is over. */
  afterwards?: Part;
}

const ofAuthentik = (name: string, fault: AuthentikFault, fails: Part[]): Outage => ({
  name,
  fails,
  begin: async ({ authentik }) => {
    await authentik.setFault(fault);
    return () => authentik.clearFaults();
  },
});

const ofMatrix = (name: string, fails: Part[]): Outage => {
  const fault = faults.find((each) => each.name === name);
  if (!fault || !('begin' in fault)) throw new Error(`There is no fault "${name}" that begins at once.`);
  return { ...fault, fails };
};

const outages: readonly Outage[] = [
  ofMatrix('Authentik resets every connection', ['renewal', 'sign-in', 'revocation']),
  {
    ...ofAuthentik('the token endpoint cuts its responses', { endpoint: 'token', status: 'cut' }, [
      'renewal',
      'sign-in',
    ]),
    // Behind an ingress the app may wait for the rest of such a response until its timeout.
    needs: ['network-faults'],
  },
  ...[400, 503].map((status) =>
    ofAuthentik(`Authentik answers ${status} with an HTML page`, { endpoint: 'all', status }, [
      'renewal',
      'sign-in',
      'revocation',
    ]),
  ),
  ofMatrix('the token endpoint answers 200 with an HTML page', ['renewal', 'sign-in']),
  ofMatrix('the client secret was rotated', ['renewal', 'sign-in', 'revocation']),
  { ...ofMatrix('Authentik hangs', ['sign-in', 'revocation']), afterwards: 'a late sign-in' },
  {
    name: 'Authentik refuses the refresh token',
    fails: ['renewal'],
    begin: ({ authentikAdmin, person }) => authentikAdmin.deleteRefreshTokens(person),
  },
  ofAuthentik('the revocation endpoint resets every connection', { endpoint: 'revoke', status: 'refused' }, [
    'revocation',
  ]),
  // The mailboxes and the storage of these users fail in every outage, the list of users only in this one.
  ofAuthentik('the services behind platform-api fail', { endpoint: 'admin', status: 503 }, [
    'platform-api',
    'the user list',
    'Stalwart',
    'OCIS',
  ]),
  ofMatrix('Redis is full', ['Redis']),
  ofMatrix('Redis is read-only', ['Redis']),
  ofMatrix('Redis hangs', ['Redis']),
  ofMatrix('Redis has 2 s latency', ['Redis']),
  ofMatrix('connections to Redis are half-open', ['Redis']),
  ofMatrix('platform-api hangs', ['platform-api']),
];

/** The username of a user whose requests Stalwart and OCIS refuse. */
const failingAtServices = () => ({ username: `failing-${randomUUID().slice(0, 8)}` });

/** Requests every page and every data route of an app. */
const requestAll = (app: WatchedApp): Array<Promise<unknown>> => {
  const { pages, api } = sessionApp[app.name];
  const asPage = { headers: { accept: 'text/html' } };
  return [...pages.map((path) => app.send(path, asPage)), ...api.map((path) => app.send(path))];
};

/** Number of failures that the pods have logged or counted, by part. */
async function failuresOf(
  fleet: Fleet,
  pods: readonly string[],
  apis: readonly string[],
): Promise<Record<string, number>> {
  const said = await Promise.all(
    [...pods, ...apis].map(async (pod) => [
      // platform-api has no metrics.
      ...(apis.includes(pod) ? [] : Object.entries(await seriesOf(fleet, pod))),
      ...(await fleet.logs(pod)).map((line): [string, number] => [line, 1]),
    ]),
  );
  const countOf = (sign: RegExp): number =>
    said.flat().reduce((sum, [text, count]) => (sign.test(text) ? sum + count : sum), 0);
  return Object.fromEntries(Object.entries(signs).map(([part, sign]) => [part, countOf(sign)]));
}

/** Regressions that these outages reveal, by the capabilities that the outages need. */
const ofLogs: Readonly<Record<string, string[]>> = {
  '': ['@refresh-token-logged', '@refresh-token-logged-at-sign-out', '@code-logged', '@upstream-failure-logs-token'],
  kill: ['@cookie-in-error-page'],
  'network-faults': ['@cookie-in-error-page', '@refresh-token-logged-in-outages'],
};

for (const [needs, its] of Map.groupBy(outages, ({ needs: own = [] }) => own.join(' and '))) {
  test.describe(() => {
    test.use({ appName, needs: ['store', 'authentik-control', ...(its[0]?.needs ?? [])] });

    test(
      `no outage puts a token, a code or a secret into the log, a metric or a response${needs && ` (those with ${needs})`}`,
      {
        tag: ['@code-in-error-page', ...(ofLogs[needs] ?? [])],
        annotation: shows('ASVS 10.1.1'),
      },
      async ({
        apps,
        authentik,
        authentikAdmin,
        clientId,
        fleet,
        manifests,
        newHttpSession,
        newPerson,
        newRequests,
        sessionStore,
      }) => {
        const place = { clientId, fleet, manifests, sessionStore };
        await using stayer = new WatchedApp(appName, place);
        await using leaver = new WatchedApp(appName, place);
        await using neighbour = new WatchedApp(otherApp, place);
        const pods = await twoPods(fleet, appName);
        const apis = await twoPods(fleet, 'platform-api');
        const witness = await newHttpSession(appName);
        const person = await newPerson(undefined, failingAtServices());
        await stayer.signIn(person);
        await leaver.signIn(await newPerson());
        await neighbour.signIn(await newPerson(undefined, failingAtServices()));
        const makers = { newPerson, newHttpSession, newRequests };
        const world = { fleet, appName, otherApp, authentik, authentikAdmin, sessionStore, ...makers };
        for (const { name, fails, afterwards, begin } of its)
          await test.step(name, async () => {
            const sessions = [];
            for (const each of [stayer, leaver]) {
              const session = await sessionStore.sessionOf(() => each.signInAgain());
              await each.learnTokens(session);
              sessions.push(session);
            }
            const callback = await leaver.unredeemedCallback();
            await sessionStore.expireAccessToken(sessions[0]!);
            const before = await failuresOf(fleet, pods, apis);
            const failed = (parts: readonly string[]) =>
              expect
                .poll(
                  async () => {
                    const after = await failuresOf(fleet, pods, apis);
                    return parts.filter((part) => after[part]! > before[part]!);
                  },
                  { message: `what fails while ${name}`, timeout: deadline(10_000) },
                )
                .toEqual(parts);
            const end = await begin({ ...world, sessions, person });
            try {
              await Promise.all([
                ...requestAll(stayer),
                ...requestAll(neighbour),
                leaver.send(callback),
                leaver.send(routes.signOut, { method: 'POST', headers: { origin: leaver.origin } }),
              ]);
              await failed(fails);
            } finally {
              await end?.();
            }
            if (afterwards) await failed([afterwards]);
            await wholeFleet(fleet, apps);
            for (const pod of pods)
              await recovery(() => witness.call('/api/me', pod), {
                of: `the session of another user after ${name}`,
                allowed: [...withoutReadyPod, '502 app'],
              });
          });
        for (const each of [stayer, leaver, neighbour]) {
          for (const app of [appName, otherApp, 'platform-api'])
            for (const { name: pod } of await fleet.pods(app)) {
              each.addOutput(`log of ${app}`, await fleet.logs(pod));
              if (app !== 'platform-api') each.addOutput('metrics', [await fleet.metrics(pod)]);
            }
          expect(await each.leaks(), 'secrets of the session in logs, metrics and responses').toEqual([]);
        }
      },
    );
  });
}
