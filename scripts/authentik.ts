// `npm run authentik`: the mock Authentik alone, as the package `mock-authentik` starts it.
import { runAuthentik } from '../fixtures/authentik/command.ts';
import { exitCodes } from '../fleet/errors.ts';
import { interruption } from './interruption.ts';
import { runCommand } from './run-command.ts';

await runCommand(async () => {
  await runAuthentik('npm run authentik --', process.argv.slice(2), interruption);
  return exitCodes.passed;
});
