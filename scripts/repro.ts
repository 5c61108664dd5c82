// `npm run repro -- <regression>`: shows one regression live, and prints its explanation.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { styleText } from 'node:util';
import { Option } from 'commander';
import { chromium } from '@playwright/test';
import { chromiumArguments } from '../e2e/models/browser.ts';
import { App } from '../e2e/models/app.ts';
import { missingIn } from '../e2e/fixtures/engine-in-use.ts';
import { EdgeClient } from '../fleet/edge/client.ts';
import { engineNames, engineOf } from '../fleet/engines/engines.ts';
import type { Engine } from '../fleet/engines/shared/engine.ts';
import { CannotRunHere, exitCodes } from '../fleet/errors.ts';
import { AuthentikControl } from '../fixtures/authentik/control/client.ts';
import { groups, type Person } from '../fixtures/people.ts';
import { browserOptions } from '../fixtures/browser.ts';
import { regressionNamed, regressions } from '../fixtures/regressions/catalogue.ts';
import type { Regression } from '../fixtures/regressions/regression.ts';
import { commandLine } from './command-line.ts';
import { interruption } from './interruption.ts';
import type { SymptomContext } from './symptoms/symptom-context.ts';
import { symptoms } from './symptoms/symptoms.ts';
import { progress, runCommand } from './run-command.ts';

const program = commandLine('repro')
  .description('Starts a fleet with one regression of the catalogue and shows what it does.')
  .argument('[regression]', 'its name; without one, the catalogue is listed')
  .addOption(new Option('--engine <name>', 'what runs the fleet').choices(engineNames).default('local'))
  .option('--fixed', 'show the same on a fleet without the regression')
  .addHelpText(
    'after',
    '\nExit codes: 0 shown (with --fixed: not there), 1 the other way round, 2 the harness failed, 77 cannot run here.',
  )
  .parse();
const options = program.opts<{ engine: string; fixed?: true }>();
const [name] = program.args;
const clientId = 'repro';

await runCommand(async () => {
  if (!name) {
    for (const known of await regressions()) console.log(`${known.name.padEnd(34)} ${known.title}`);
    return exitCodes.passed;
  }
  const regression = await regressionNamed(name);
  const engine = engineOf(options.engine);
  refuseIfImpossible(engine, regression);
  await using fleet = await engine.up({
    changes: options.fixed ? [] : [regression.change],
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
    const fixed = options.fixed ?? false;
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

    console.log(`\n${styleText('bold', options.fixed ? `Without: ${regression.title}` : regression.title)}`);
    const { kind, ...details } = regression.symptom;
    const show = symptoms[kind] as (symptomContext: SymptomContext, details: object) => Promise<boolean>;
    const shown = await show(symptomContext, details);
    if (shown && !options.fixed) console.log(`\n${regression.explanation}`);
    if (!shown) console.log('\nThe regression did not show.');
    return shown === !options.fixed ? exitCodes.passed : exitCodes.productFailed;
  } finally {
    await browser.close();
  }
});

/** @throws CannotRunHere when the regression cannot exist on the engine. */
function refuseIfImpossible(engine: Engine, { name, needs }: Regression): void {
  const missing = missingIn(engine, needs);
  if (missing.length === 0) return;
  const able = engineNames.find((candidate) => missingIn(engineOf(candidate), needs).length === 0);
  throw new CannotRunHere(
    `${name} cannot exist on the ${engine.name} engine, which cannot: ${missing.join(', ')}. ` +
      (able ? `Run: npm run repro -- ${name} --engine ${able}` : 'No engine can.'),
  );
}
