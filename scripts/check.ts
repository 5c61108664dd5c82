// `npm run check`: the gate. `--size` prints the sizes of the repository.
import { styleText } from 'node:util';
import { didYouMean } from '../fleet/did-you-mean.ts';
import { exitCodes } from '../fleet/errors.ts';
import { checks, runChecks } from './check/checks.ts';
import { repositorySize } from './check/size.ts';
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
if (chosen.length === 0) {
  console.error(`There is no check "${options.only}". ${didYouMean(options.only ?? '', Object.keys(checks))}`);
  process.exit(exitCodes.harnessFailed);
}

await runCommand(async () => {
  if (options.list) printList(chosen);
  else if (options.size) return printSize();
  else return (await runChecks(chosen)) ? exitCodes.passed : exitCodes.productFailed;
  return exitCodes.passed;
});

function printSize(): number {
  const figures = repositorySize();
  for (const { name, value, atMost } of figures) {
    const mark = value <= atMost ? styleText('green', '✓') : styleText('red', '✗');
    console.log(`${mark} ${name.padEnd(52)} ${String(value).padStart(6)}  at most ${String(atMost).padStart(6)}`);
  }
  return figures.every(({ value, atMost }) => value <= atMost) ? exitCodes.passed : exitCodes.productFailed;
}
