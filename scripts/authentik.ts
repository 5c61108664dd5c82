// `npm run authentik`: the mock Authentik alone, as the package `mock-authentik` starts it.
import { mockCommandLine, runAuthentik, type Flags } from '../fixtures/authentik/command.ts';
import { exitCodes } from '../fleet/errors.ts';
import { fromCallersFolder } from './command/callers-folder.ts';
import { interruption } from './command/interruption.ts';
import { runCommand } from './command/run-command.ts';

const flags = mockCommandLine('npm run authentik --').parse().opts<Flags>();
// The package reads paths from its own folder, which npm makes that of the repository.
if (flags.config !== undefined) flags.config = fromCallersFolder(flags.config);

await runCommand(async () => {
  await runAuthentik(flags, interruption);
  return exitCodes.passed;
});
