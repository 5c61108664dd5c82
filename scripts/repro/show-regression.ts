import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { styleText } from 'node:util';
import { chromium } from '@playwright/test';
import { App } from '../../e2e/models/app.ts';
import { chromiumArguments } from '../../e2e/models/browser.ts';
import { AuthentikControl } from '../../fixtures/authentik/control/client.ts';
import { browserOptions } from '../../fixtures/browser.ts';
import { groups, type Person } from '../../fixtures/people.ts';
import type { Regression } from '../../fixtures/regressions/regression.ts';
import { EdgeClient } from '../../fleet/edge/client.ts';
import type { Engine } from '../../fleet/engines/shared/engine.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { interruption } from '../command/interruption.ts';
import { refuseIfImpossible } from '../command/regression-option.ts';
import { progress } from '../command/run-command.ts';
import type { SymptomContext } from '../symptoms/symptom-context.ts';
import { symptoms } from '../symptoms/symptoms.ts';

const clientId = 'repro';

/**
 * Starts a fleet with a regression, or without it when `fixed`, and shows its symptom.
 * @returns the exit code: 0 when it was seen, or with `fixed` when it was not.
 */
export async function showRegression(
  regression: Regression,
  { engine, fixed }: { engine: Engine; fixed: boolean },
): Promise<number> {
  refuseIfImpossible(engine, regression, `npm run repro -- ${regression.name}`);
  await using fleet = await engine.up({
    changes: fixed ? [] : [regression.change],
    onProgress: progress,
    signal: interruption,
  });
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(fleet.edge.caFile, 'utf8')]);
  const browser = await chromium.launch({
    ...browserOptions(),
    args: chromiumArguments(fleet.edge),
  });
  try {
    const context = await browser.newContext({
      proxy: { server: fleet.edge.proxyUrl },
      extraHTTPHeaders: { 'x-edge-client': clientId, 'x-edge-kind': 'browser' },
    });
    const authentik = new AuthentikControl(fleet.authentikControl);
    const person: Person = {
      username: 'rosa',
      name: 'Rosa Repro',
      email: `rosa@${fleet.hosts.mail}`,
      password: `pw-${randomUUID()}`,
      groups: [groups.operators, groups.customers],
    };
    await authentik.createUser(person);
    const app = new App(regression.app, await context.newPage(), fleet.hosts, new EdgeClient(fleet.edge), clientId);
    const symptomContext: SymptomContext = {
      fleet,
      app,
      context,
      person,
      authentik,
      regression,
      fixed,
      say: console.log,
    };

    console.log(`\n${styleText('bold', fixed ? `Without: ${regression.title}` : regression.title)}`);
    const { kind, ...details } = regression.symptom;
    const show = symptoms[kind] as (symptomContext: SymptomContext, details: object) => Promise<boolean>;
    const shown = await show(symptomContext, details);
    if (shown && !fixed) console.log(`\n${regression.explanation}`);
    if (!shown) console.log('\nThe regression did not show.');
    return shown === !fixed ? exitCodes.passed : exitCodes.productFailed;
  } finally {
    await browser.close();
  }
}
