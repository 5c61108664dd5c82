// `npm run authentik`: the mock Authentik alone, as the package `mock-authentik` starts it.
import { commandLine, runAuthentik, type Flags } from '../fixtures/authentik/command.ts';
import { exitCodes } from '../fleet/errors.ts';
import { interruption } from './interruption.ts';
import { runCommand } from './run-command.ts';

const flags = commandLine('npm run authentik --').parse().opts<Flags>();

await runCommand(async () => {
  await runAuthentik(flags, interruption);
  return exitCodes.passed;
});
