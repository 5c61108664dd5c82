// `npm run authentik`: the mock Authentik alone, as the package `mock-authentik` starts it.
import { commandLine, runAuthentik, type Flags } from '../fixtures/authentik/command.ts';
import { exitCodes } from '../fleet/errors.ts';
import { fromCallersFolder } from './command/callers-folder.ts';
import { interruption } from './command/interruption.ts';
import { runCommand } from './command/run-command.ts';

const flags = commandLine('npm run authentik --').parse().opts<Flags>();
// The package reads paths from its own folder, which npm makes that of the repository.
for (const name of ['config', 'tlsCert', 'tlsKey'] as const) {
  if (flags[name] !== undefined) flags[name] = fromCallersFolder(flags[name]);
}

await runCommand(async () => {
  await runAuthentik(flags, interruption);
  return exitCodes.passed;
});
