import { styleText } from 'node:util';
import { App } from '../../e2e/models/app.ts';
import { AuthentikControl } from '../../fixtures/authentik/control/client.ts';
import { groups } from '../../fixtures/people.ts';
import { randomPerson, type Person } from '../../fixtures/person.ts';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import type { Regression, Symptom } from '../../fixtures/regressions/regression.ts';
import { EdgeClient } from '../../fleet/edge/client.ts';
import type { Engine, Fleet } from '../../fleet/engines/shared/engine.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { refuseIfImpossible } from '../command/regression-option.ts';
import { progress } from '../command/run-command.ts';
import { mayBeInScripts } from '../product.ts';
import { switchesOf } from '../prove/switched.ts';
import { browserOn, changeWith, fleetWith, reproClientId } from './on-fleet.ts';
import { decodeJwt } from 'jose';
import { sessionKeyPattern } from '../../e2e/contract.ts';
import { SessionKeys } from '../../e2e/models/session-store.ts';
import { isFailed, markLine, marksOf } from '../../e2e/report/timeline.ts';
import type { LedgerRow } from '../../fleet/edge/row.ts';
import { specsOn } from '../prove/prove-regression.ts';
import { claiming } from '../runner/changed.ts';
import { httpsOf } from '../../fleet/hosts.ts';

/**
 * Starts a fleet with a regression, or without it when `fixed`, and shows its symptom.
 * @returns the exit code: 0 when it was seen, or with `fixed` when it was not.
 */
export async function showRegression(
  regression: Regression,
  { engine, fixed }: { engine: Engine; fixed: boolean },
): Promise<number> {
  refuseIfImpossible(engine, regression, `npm run repro -- ${regression.name}`);
  const change = changeWith(fixed ? undefined : regression, await switchesOf(regressions(), mayBeInScripts));
  await using fleet = await fleetWith(engine, change, progress);
  const { browser, profile } = await browserOn(fleet);
  try {
    const person = randomPerson(fleet.hosts.mail, [groups.operators, groups.customers]);
    await new AuthentikControl(fleet.authentikControl).createUser(person);
    const app = new App(regression.app, {
      page: await browser.newPage(profile),
      hosts: fleet.hosts,
      edge: new EdgeClient(fleet.edge),
      clientId: reproClientId,
    });

    console.log(`\n${styleText('bold', fixed ? `Without: ${regression.title}` : regression.title)}`);
    const { symptom } = regression;
    const show = symptoms[symptom.kind] as ShowSymptom<typeof symptom>;
    const isShown = await show({ fleet, app, person, regression }, symptom);
    if (isShown && !fixed) console.log(`\n${[regression.explanation, ...seenBy(regression)].join('\n')}`);
    if (!isShown) console.log('\nThe regression did not show.');
    return isShown === !fixed ? exitCodes.passed : exitCodes.productFailed;
  } finally {
    await browser.close();
  }
}

interface SymptomContext {
  fleet: Fleet;
  app: App;
  person: Person;
  regression: Regression;
}

/** Shows a regression live. @returns whether its symptom was visible. */
type ShowSymptom<Parameters> = (context: SymptomContext, parameters: Parameters) => Promise<boolean>;

const symptoms: { [Kind in Symptom['kind']]: ShowSymptom<Extract<Symptom, { kind: Kind }>> } = {
  /** Balanced API calls of one signed-in person: the response of each pod. */
  async calls({ app, person }, { path, count }) {
    await app.startSession(person);
    console.log(`\n${person.username} is signed in at ${app.origin}. ${count} balanced calls of ${path}:\n`);
    console.log(callRow('#', 'pod', 'status'));
    let failed = 0;
    for (let call = 1; call <= count; call += 1) {
      const response = await app.call(`${path}?call=${call}`);
      const isBad = response.status() >= 400;
      failed += isBad ? 1 : 0;
      const status = (isBad ? bad : good)(String(response.status()));
      console.log(callRow(String(call), response.headers()['x-served-by'] ?? '', status));
    }
    console.log(`\n${failed} of ${count} failed (${Math.round((100 * failed) / count)} %).`);
    return failed > 0;
  },

  /** The addresses of a sign-out, and the response of each pod to the old cookie afterwards. */
  async logout({ app, fleet, person }) {
    await app.signIn(person);
    const cookie = await app.cookieHeader();
    console.log(`\n${person.username} is signed in at ${app.origin} and signs out:\n`);
    const hops = await app.signOut();
    const fleetHosts = new Set<string>(Object.values(fleet.hosts));
    for (const { url } of hops) {
      const address = `${url.origin}${url.pathname}`;
      console.log(
        `  ${fleetHosts.has(url.host) ? good(address) : bad(`${address}  (not a host of this environment)`)}`,
      );
      const hint = url.searchParams.get('id_token_hint');
      if (hint)
        console.log(
          `    id_token_hint             for ${String(decodeJwt(hint).aud)}, from ${String(decodeJwt(hint).iss)}`,
        );
      const back = url.searchParams.get('post_logout_redirect_uri');
      if (back) console.log(`    post_logout_redirect_uri  ${back}`);
    }
    const endSession = hops.find(({ url }) => url.pathname.includes('/end-session/'))?.url;
    const faults = [
      endSession?.host !== fleet.hosts.auth && `the end-session request did not go to ${httpsOf(fleet.hosts.auth)}`,
      !endSession?.searchParams.get('id_token_hint') && 'there was no id_token_hint',
      app.page.url() !== `${app.origin}/signed-out` && `the browser ended at ${app.page.url().split('?')[0]}`,
    ].filter((fault) => fault !== false);

    console.log(`\nThe cookie from before, replayed:\n`);
    const stranger = await app.context.browser()?.newContext({ proxy: { server: fleet.edge.proxyUrl } });
    for (const { name: pod } of await fleet.pods(app.name)) {
      const replay = await stranger?.request.get(`${app.origin}/api/me`, {
        headers: { cookie, 'x-edge-pin': pod },
        maxRedirects: 0,
      });
      const status = replay?.status() ?? 0;
      console.log(row(['  GET /api/me', 14], [pod, 28], [status === 401 ? good('401') : bad(String(status)), 6]));
      if (status !== 401) faults.push(`the old cookie still works on ${pod}`);
    }
    using store = new SessionKeys(await fleet.reach('dezky-data', 6379));
    for (const { db, key } of await store.keys()) {
      if (!sessionKeyPattern(app.name).test(key)) continue;
      console.log(`  ${bad('still in Redis')}  db ${db}  ${key}`);
      faults.push(`${key} is still in Redis`);
    }
    console.log(faults.length > 0 ? `\n${faults.join('; ')}.` : '\nSigned out everywhere.');
    return faults.length > 0;
  },

  /** The tests that claim the regression, and the responses that the first failed one of each file got. */
  async specs({ fleet, regression }) {
    const { tests } = await specsOn(fleet, 'reports/repro', { args: claiming([regression]), failuresExpected: true });
    const rows = await new EdgeClient(fleet.edge).ledger();
    const failed = tests.filter(({ status }) => status === 'failed');
    for (const [spec, [test]] of Map.groupBy(failed, (each) => each.spec)) {
      console.log(`\n${bad('✘')} e2e/${spec}: ${test!.title}\n${test!.message.replaceAll(/^(?=.)/gm, '    ')}\n`);
      const { startedAt = 0 } = test!.ran ?? {};
      const own = rows.filter(({ at }) => at >= startedAt && at <= test!.endedAt);
      printRequests(own, startedAt);
    }
    console.log(`\n${failed.length} of ${tests.length} tests that claim it failed. All of it: reports/repro/run.html`);
    return failed.length > 0;
  },
};

/** Requests that are printed before and after the last that failed. */
const around = 20;

/** What each pod answered during a test, without the files of pages and what Authentik answered to pods. */
function printRequests(rows: readonly LedgerRow[], since: number): void {
  const { marks } = marksOf(rows, rows.find(({ kind }) => kind === 'browser' || kind === 'api')?.client ?? '', since);
  const last = marks.findLastIndex((mark) => isFailed(mark));
  const from = Math.max(0, (last < 0 ? marks.length : last) - around);
  for (const mark of marks.slice(from, from + 2 * around))
    console.log((isFailed(mark) ? bad : String)(`  ${markLine(mark)}`));
  if (marks.length === 0) console.log('  It sent no requests through the ingress.');
}

/** A table row that is printed while the work continues. */
const row = (...cells: ReadonlyArray<readonly [text: string, width: number]>): string =>
  cells
    .map(([text, width]) => text.padEnd(width))
    .join('  ')
    .trimEnd();

const good = (text: string): string => styleText('green', text);
const bad = (text: string): string => styleText('red', text);

const callRow = (number: string, pod: string, status: string): string => row([number, 4], [pod, 28], [status, 6]);

const seenBy = ({ seenIn }: Pick<Regression, 'seenIn'>): string[] =>
  seenIn.length > 0 ? [`Others met it: ${seenIn.join(', ')} (GitHub).`] : [];
