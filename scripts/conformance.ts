// `npm run conformance`: whether an Authentik behaves as the fidelity table says, row by row, seen from outside.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Option } from 'commander';
import { profiles } from '../fixtures/authentik/settings/profile.ts';
import { AuthentikApi, type AuthentikAddress } from '../fixtures/authentik-api/client.ts';
import { conformance } from '../fixtures/conformance/conformance.ts';
import { startMock } from '../fixtures/conformance/mock-target.ts';
import { profileOfVersion } from '../fixtures/conformance/profile-of-version.ts';
import { foreignClients } from '../fixtures/foreign-clients/index.ts';
import { Recorder } from '../fixtures/conformance/recorder.ts';
import { countOf, lineOf, listOf, summaryOf, tableOf } from '../fixtures/conformance/report.ts';
import { rows } from '../fixtures/conformance/rows/index.ts';
import type { Target } from '../fixtures/conformance/target.ts';
import { exitCodes, HarnessError } from '../fleet/errors.ts';
import { targetOption } from './command/authentik-option.ts';
import { fromCallersFolder } from './command/callers-folder.ts';
import { commandLine, positiveNumber } from './command/command-line.ts';
import { interruption } from './command/interruption.ts';
import { progress, runCommand } from './command/run-command.ts';

const tokenVariable = 'AUTHENTIK_TOKEN';

const options = commandLine('conformance')
  .description('Measures the 50 rows of the fidelity table of an Authentik, from outside, only over HTTP.')
  .option('--target <target>', '"mock", "container", or the URL of a real Authentik', targetOption, 'mock')
  .addOption(
    new Option('--profile <profile>', "what to expect (default: by the server's version; of the mock: 2026.8)").choices(
      Object.keys(profiles),
    ),
  )
  .option('--row <number...>', 'only these rows', (text: string, before: number[] = []) => [
    ...before,
    positiveNumber(text),
  ])
  .addOption(
    new Option(
      '--clients',
      'clients that others wrote sign in, in place of the rows: openid-client, oidc-client-ts …',
    ).conflicts('row'),
  )
  .option('--list', 'print the rows and what they expect, and measure nothing')
  .option('--json <file>', 'write the results as JSON', fromCallersFolder)
  .option('--record <file>', 'write every exchange as a recording, which npm run replay plays', fromCallersFolder)
  .option('--ca <file>', "certificate authority of the server's certificate, in PEM", fromCallersFolder)
  .option('--callback-host <name>', 'name under which the server reaches this machine', '127.0.0.1')
  .option('--without-worker', 'the server has no worker: rows that need its calls are not run')
  .addHelpText(
    'after',
    `
A real Authentik needs ${tokenVariable}, the API token of an administrator. Providers and people are made through its API,
begin with "conformance-", and are removed at the end. "container" starts the published image and PostgreSQL in Docker;
AUTHENTIK_SERVER_IMAGE and POSTGRES_IMAGE name others.
Exit codes: 0 no difference, 1 a row is different, 2 the harness failed, 77 cannot run here.`,
  )
  .parse()
  .opts<{
    target: string;
    profile?: string;
    row?: number[];
    clients?: true;
    list?: true;
    json?: string;
    record?: string;
    ca?: string;
    callbackHost: string;
    withoutWorker?: true;
  }>();

await runCommand(async () => {
  const { row: ids } = options;
  const chosen = options.clients ? foreignClients : rows.filter(({ id }) => ids?.includes(Number(id)) ?? true);
  if (chosen.length === 0)
    throw new HarnessError(`There is no row ${ids?.join(', ')}. See: npm run conformance -- --list`);
  if (options.list) {
    console.log(listOf(chosen, options.profile ?? '2026.8'));
    return exitCodes.passed;
  }
  await using target = await open();
  progress(`Measuring at ${target.url}, as ${target.profile}; rows: ${chosen.length}.`);
  const recorder = new Recorder(target);
  const results = await conformance(target, {
    rows: chosen,
    recorder,
    signal: interruption,
    onResult: (result) => progress(lineOf(result)),
    onRemoving: () => progress(`What was made at ${target.url} is being removed.`),
  });
  console.log(tableOf(results));
  console.log(summaryOf(results, target));
  for (const file of [options.json, options.record]) {
    if (file !== undefined) mkdirSync(dirname(file), { recursive: true });
  }
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
  if (options.record !== undefined) recorder.write(options.record);
  return countOf(results, 'different') > 0 ? exitCodes.productFailed : exitCodes.passed;
});

async function open(): Promise<Target & AsyncDisposable> {
  if (options.target === 'mock') return startMock(options.profile ?? '2026.8');
  if (options.target === 'container') return openContainer();
  const { target: url } = options;
  const token = process.env[tokenVariable];
  if (!token) throw new HarnessError(`Set ${tokenVariable} to the API token of an administrator of ${url}.`);
  const ca = options.ca === undefined ? undefined : readCa(options.ca);
  const { callbackHost, withoutWorker } = options;
  const server = { url, token, ca, callbackHost, hasWorker: !withoutWorker };
  return { ...server, profile: await profileOf(server), [Symbol.asyncDispose]: async () => {} };
}

function readCa(file: string): string {
  try {
    return readFileSync(fromCallersFolder(file), 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new HarnessError(`--ca ${file} cannot be read (${code}). Give the path of a file in PEM.`, { cause });
  }
}

async function openContainer(): Promise<Target & AsyncDisposable> {
  // Only this target needs Docker's client.
  const { containerCallbackHost, startContainer } = await import('../fixtures/conformance/container.ts');
  const container = await startContainer(progress, interruption);
  try {
    const profile = await profileOf(container);
    return { ...container, profile, callbackHost: containerCallbackHost, hasWorker: true };
  } catch (error) {
    await container[Symbol.asyncDispose]();
    throw error;
  }
}

/** What to expect of a server, by its version if not by option. */
async function profileOf(server: AuthentikAddress): Promise<string> {
  const version = await new AuthentikApi(server).version();
  progress(`${server.url} is Authentik ${version}.`);
  return options.profile ?? profileOfVersion(version);
}
