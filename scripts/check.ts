// `npm run check`: all checks in one command. Types, lint, formatting, import boundaries, unused code, unit tests.
import { styleText } from 'node:util';
import { didYouMean } from '../fleet/did-you-mean.ts';
import { duration } from '../fleet/duration.ts';
import { exitCodes } from '../fleet/errors.ts';
import { runProgram } from '../fleet/programs.ts';
import { commandLine } from './command/command-line.ts';
import { interruption } from './command/interruption.ts';
import { printList } from './command/print-list.ts';
import { showing } from './command/live-lines.ts';
import { testCounts } from './check/test-counts.ts';
import { runCommand } from './command/run-command.ts';

const gates = {
  types: 'tsc -p tsconfig.json',
  'app types': 'npm run --silent typecheck --workspaces --if-present',
  lint: 'oxlint --deny-warnings',
  format: 'prettier --check --log-level warn .',
  boundaries: 'depcruise --config .dependency-cruiser.mjs --output-type err scripts e2e fixtures fleet apps',
  'unused code': 'knip',
  'unit tests': 'vitest run --config vitest.gate.config.ts --reporter=dot',
};

const options = commandLine('check')
  .description(`Runs the gate: ${Object.keys(gates).join(', ')}. Exit code: 0 all pass, 1 something does not.`)
  .option('--only <gate>', 'run one of them')
  .option('--list', 'print them and stop')
  .parse()
  .opts<{ only?: string; list?: true }>();

const chosen = Object.entries(gates).filter(([name]) => !options.only || name === options.only);
if (chosen.length === 0) {
  console.error(`There is no gate "${options.only}". ${didYouMean(options.only ?? '', Object.keys(gates))}`);
  process.exit(2);
}

const secondsSince = (start: number): string => duration(performance.now() - start);

await runCommand(async () => {
  if (options.list) {
    printList(chosen);
    return exitCodes.passed;
  }
  const begin = performance.now();
  let failed = 0;
  for (const [name, command] of chosen) {
    const start = performance.now();
    const { code, output } = await showing(name, runProgram(command, [], { shell: true, abort: interruption }));
    interruption.throwIfAborted();
    console.log(
      `${code === 0 ? styleText('green', '✓') : styleText('red', '✗')} ${name.padEnd(12)} ${secondsSince(start)}`,
    );
    if (code !== 0) {
      failed += 1;
      console.log(output.trimEnd());
    }
    const counts = testCounts(output);
    if (counts) console.log(`  ${counts}`);
  }
  console.log(`${chosen.length - failed} of ${chosen.length} passed in ${secondsSince(begin)}`);
  return failed === 0 ? exitCodes.passed : exitCodes.productFailed;
});
