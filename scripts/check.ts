// `npm run check`: the gate. `--size` prints the sizes of the repository.
import { didYouMean } from '../fleet/did-you-mean.ts';
import { exitCodes, HarnessError } from '../fleet/errors.ts';
import { checks, runChecks } from './check/checks.ts';
import { printSize } from './check/size.ts';
import { commandLine } from './command/command-line.ts';
import { printList } from './command/output.ts';
import { runCommand } from './command/run-command.ts';

const options = commandLine('check')
  .description(
    `Runs the gate: ${Object.keys(checks).join(', ')}. Exit code: 0 all pass, 1 something does not. ` +
      'The unit tests of one file or folder: npx vitest run <path>.',
  )
  .option('--only <check>', 'run one of them')
  .option('--size', 'print the sizes of the repository beside their limits and stop; exit with 1 when one is exceeded')
  .option('--list', 'print them and stop')
  .parse()
  .opts<{ only?: string; size?: true; list?: true }>();

const chosen = Object.entries(checks).filter(([name]) => !options.only || name === options.only);
const codeOf = (passed: boolean): number => (passed ? exitCodes.passed : exitCodes.productFailed);

await runCommand(async () => {
  if (chosen.length === 0)
    throw new HarnessError(
      `There is no check "${options.only}". ${didYouMean(options.only ?? '', Object.keys(checks))}`,
    );
  if (options.size) return codeOf(printSize());
  if (!options.list) return codeOf(await runChecks(chosen, options.only ? undefined : printSize));
  printList(chosen);
  return exitCodes.passed;
});
