// `npm run e2e`: the main job. A fleet, the suite, a verdict.
import { runCommand } from './command/run-command.ts';
import { e2eCommand, type E2eOptions } from './runner/suite-options.ts';

const program = e2eCommand().parse();

// Loaded when it runs, here and in the other commands: `--help` needs none of it.
await runCommand(async () =>
  (await import('./runner/run-suite.ts')).runSuite(program.args, program.opts<E2eOptions>()),
);
