import { styleText } from 'node:util';
import { chromium } from '@playwright/test';
import { App } from '../../e2e/models/app.ts';
import { AuthentikControl } from '../../fixtures/authentik/control/client.ts';
import { browserOptions, chromiumArguments } from '../../fixtures/browser.ts';
import { groups } from '../../fixtures/people.ts';
import { randomPerson } from '../../fixtures/person.ts';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import type { Regression, Symptom } from '../../fixtures/regressions/regression.ts';
import { EdgeClient } from '../../fleet/edge/client.ts';
import type { Engine, Fleet } from '../../fleet/engines/shared/engine.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { refuseIfImpossible } from '../command/regression-option.ts';
import { progress } from '../command/run-command.ts';
import { mayBeInScripts } from '../product.ts';
import { switchesOf } from '../prove/switched.ts';
import { changeWith, fleetWith, reproClientId } from './on-fleet.ts';
import { isFailed, markLine, marksOf } from '../../e2e/report/timeline.ts';
import type { LedgerRow } from '../../fleet/edge/row.ts';
import { specsOn } from '../prove/prove-regression.ts';
import { claiming } from '../runner/changed.ts';

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
  console.log(`\n${styleText('bold', fixed ? `Without: ${regression.title}` : regression.title)}`);
  const { symptom } = regression;
  const isShown =
    symptom.kind === 'calls' ? await showCalls(fleet, regression.app, symptom) : await showSpecs(fleet, regression);
  if (isShown && !fixed) console.log(`\n${[regression.explanation, ...seenBy(regression)].join('\n')}`);
  if (!isShown) console.log('\nThe regression did not show.');
  return isShown === !fixed ? exitCodes.passed : exitCodes.productFailed;
}

/** Balanced API calls of one signed-in person: the response of each pod. @returns whether one failed. */
async function showCalls(
  fleet: Fleet,
  name: Regression['app'],
  { path, count }: Extract<Symptom, { kind: 'calls' }>,
): Promise<boolean> {
  const { spki, proxyUrl } = fleet.edge;
  await using browser = await chromium.launch({ ...browserOptions(), args: chromiumArguments([spki]) });
  const person = randomPerson(fleet.hosts.mail, [groups.operators, groups.customers]);
  await new AuthentikControl(fleet.authentikControl).createUser(person);
  const app = new App(name, {
    page: await browser.newPage({
      proxy: { server: proxyUrl },
      extraHTTPHeaders: { 'x-edge-client': reproClientId, 'x-edge-kind': 'browser' },
    }),
    hosts: fleet.hosts,
    edge: new EdgeClient(fleet.edge),
    clientId: reproClientId,
  });
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
}

/** The tests that claim the regression, and the responses that the first failed one of each file got. */
async function showSpecs(fleet: Fleet, regression: Regression): Promise<boolean> {
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
}

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

const good = (text: string): string => styleText('green', text);
const bad = (text: string): string => styleText('red', text);

const callRow = (number: string, pod: string, status: string): string =>
  `${number.padEnd(4)}  ${pod.padEnd(28)}  ${status}`;

const seenBy = ({ seenIn }: Pick<Regression, 'seenIn'>): string[] =>
  seenIn.length > 0 ? [`Others met it: ${seenIn.join(', ')} (GitHub).`] : [];
