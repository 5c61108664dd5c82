// `npm run e2e`: the main job. A fleet, the suite, a verdict.
import { runCommand } from './command/run-command.ts';
import { e2eCommand, type E2eOptions } from './e2e/options.ts';
import { runSuite } from './e2e/run-suite.ts';

const program = e2eCommand().parse();

await runCommand(() => runSuite(program.args, program.opts<E2eOptions>()));
