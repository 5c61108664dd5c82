// `npx session-check`: the claims about sessions, on any app that signs in by OpenID Connect.
import { runCommand } from './command/run-command.ts';
import { checkCommand, type CheckOptions } from './session-check/options.ts';

const program = checkCommand().parse();

await runCommand(async () => (await import('./session-check/check.ts')).check(program.opts<CheckOptions>()));
