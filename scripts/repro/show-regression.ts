import { styleText } from 'node:util';
import { App } from '../../e2e/models/app.ts';
import { AuthentikControl } from '../../fixtures/authentik/control/client.ts';
import { groups, randomPerson } from '../../fixtures/people.ts';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import type { Regression } from '../../fixtures/regressions/regression.ts';
import { EdgeClient } from '../../fleet/edge/client.ts';
import type { Engine } from '../../fleet/engines/shared/engine.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { refuseIfImpossible } from '../command/regression-option.ts';
import { progress } from '../command/run-command.ts';
import { switchesOf } from '../prove/switched.ts';
import { browserOn, changeWith, fleetWith, reproClientId } from './on-fleet.ts';
import { symptoms, type ShowSymptom } from './symptoms.ts';

/**
 * Starts a fleet with a regression, or without it when `fixed`, and shows its symptom.
 * @returns the exit code: 0 when it was seen, or with `fixed` when it was not.
 */
export async function showRegression(
  regression: Regression,
  { engine, fixed }: { engine: Engine; fixed: boolean },
): Promise<number> {
  refuseIfImpossible(engine, regression, `npm run repro -- ${regression.name}`);
  const change = changeWith(fixed ? undefined : regression, await switchesOf(regressions()));
  await using fleet = await fleetWith(engine, change, progress);
  const { browser, profile } = await browserOn(fleet);
  try {
    const person = randomPerson(fleet.hosts.mail, [groups.operators, groups.customers]);
    await new AuthentikControl(fleet.authentikControl).createUser(person);
    const app = new App(
      regression.app,
      await browser.newPage(profile),
      fleet.hosts,
      new EdgeClient(fleet.edge),
      reproClientId,
    );

    console.log(`\n${styleText('bold', fixed ? `Without: ${regression.title}` : regression.title)}`);
    const { symptom } = regression;
    const show = symptoms[symptom.kind] as ShowSymptom<typeof symptom>;
    const isShown = await show({ fleet, app, person, regression }, symptom);
    if (isShown && !fixed) console.log(`\n${regression.explanation}`);
    if (!isShown) console.log('\nThe regression did not show.');
    return isShown === !fixed ? exitCodes.passed : exitCodes.productFailed;
  } finally {
    await browser.close();
  }
}
