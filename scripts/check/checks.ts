import { stripVTControlCharacters, styleText } from 'node:util';
import { duration } from '../../fleet/duration.ts';
import { runProgram } from '../../fleet/programs.ts';
import { interruption } from '../command/interruption.ts';
import { progress } from '../command/run-command.ts';
import { workThrough } from '../command/work-through.ts';

/** The checks of the gate and their shell commands. The unit tests use both cores and take longest, so they are first. */
export const checks = {
  'unit tests': 'vitest run --config vitest.gate.config.ts --reporter=dot --silent=passed-only',
  'app types': 'npm run --silent typecheck --workspaces --if-present',
  types: 'tsc -p tsconfig.json',
  boundaries: 'depcruise --config .dependency-cruiser.mjs --output-type err scripts e2e fixtures fleet apps',
  'unused code': 'knip',
  format: 'prettier --check --log-level warn --cache --cache-location .cache/prettier .',
  lint: 'oxlint --deny-warnings',
};

const atOnce = 2;

/**
 * Runs checks and prints a line for each that ends, with its output when it failed.
 * @param atEnd prints more, and changes nothing about the result.
 * @returns whether all passed
 */
export async function runChecks(
  chosen: ReadonlyArray<readonly [name: string, command: string]>,
  atEnd: () => unknown = () => {},
): Promise<boolean> {
  const begin = performance.now();
  let passed = 0;
  await workThrough(chosen, {
    atOnce,
    nameOf: ([name]) => name,
    work: async ([name, command]) => {
      const start = performance.now();
      const { code, output } = await runProgram(command, [], {
        shell: true,
        abort: interruption,
        env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
      });
      interruption.throwIfAborted();
      passed += code === 0 ? 1 : 0;
      print(name, code === 0, performance.now() - start, stripVTControlCharacters(output));
    },
  });
  console.log(`${passed} of ${chosen.length} passed in ${duration(performance.now() - begin)}`);
  try {
    atEnd();
  } catch (error) {
    progress((error as Error).message);
  }
  return passed === chosen.length;
}

function print(name: string, passed: boolean, ms: number, output: string): void {
  const counts = testCounts(output);
  const mark = passed ? styleText('green', '✓') : styleText('red', '✗');
  console.log(`${mark} ${name.padEnd(12)} ${duration(ms)}${counts ? `  ${counts}` : ''}`);
  if (!passed) console.log(output.trimEnd());
}

/** The line of vitest's summary that counts tests (`Tests  1 failed | 996 passed (997)`), if the output has one. */
const testCounts = (output: string): string | undefined => /^ *(Tests {2}.*\d.*)$/m.exec(output)?.[1]?.trim();
