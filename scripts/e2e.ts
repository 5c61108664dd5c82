// `npm run e2e`: the main job. A fleet, the suite, a verdict.
import { runCommand } from './command/run-command.ts';
import { e2eCommand, type E2eOptions } from './runner/suite-options.ts';
import { runSuite } from './runner/run-suite.ts';

const program = e2eCommand().parse();

await runCommand(() => runSuite(program.args, program.opts<E2eOptions>()));
