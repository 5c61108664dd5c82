// `npm run e2e`: the main job. A fleet, the suite, a verdict.
import { runCommand } from './command/run-command.ts';
import { e2eCommand, type E2eOptions } from './runner/suite-options.ts';

const program = e2eCommand().parse();

// Loaded when it runs, here and in the other commands: `--help` needs none of it.
await runCommand(async () => {
  const [{ runSuite }, { suite }] = await Promise.all([import('./runner/run-suite.ts'), import('./product.ts')]);
  return runSuite(program.args, program.opts<E2eOptions>(), suite);
});
