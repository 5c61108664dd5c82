// `npm run examples`: builds the package mock-authentik, and runs its examples as a stranger would.
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { Argument } from 'commander';
import { Docker } from '../fleet/engines/docker/docker.ts';
import { CannotRunHere, exitCodes, HarnessError } from '../fleet/errors.ts';
import { runProgram } from '../fleet/programs.ts';
import { repositoryRoot } from '../fleet/root.ts';
import { commandLine } from './command-line.ts';
import { interruption } from './interruption.ts';
import { progress, runCommand } from './run-command.ts';

const mock = join(repositoryRoot, 'fixtures/authentik');
const folderOf = (example: string): string => join(mock, 'examples', example);

interface Example {
  /** What it needs in addition to the built package. */
  prepare?: () => Promise<void>;
  command: readonly string[];
}

const examples: Readonly<Record<string, Example>> = {
  vitest: { command: ['vitest', 'run', '--root', folderOf('vitest')] },
  playwright: { command: ['playwright', 'test', '--config', folderOf('playwright')] },
  container: { prepare: packForImage, command: ['vitest', 'run', '--root', folderOf('container')] },
};

const [...names] = commandLine('examples')
  .description('Builds the package mock-authentik and runs its examples, which are tests.')
  .addArgument(new Argument('[examples...]', 'only these').choices(Object.keys(examples)))
  .addHelpText(
    'after',
    '\nExit codes: 0 all pass; 1 one fails; 2 the harness failed; 77 one cannot run here, and the others pass.',
  )
  .parse().args;

/** Runs a program of this repository. @returns whether it succeeded. Its output is shown only when it did not. */
async function succeeds([program = '', ...args]: readonly string[]): Promise<boolean> {
  const { code, output } = await runProgram(program, args, { cwd: repositoryRoot, abort: interruption });
  interruption.throwIfAborted();
  if (code !== 0) console.log(output.trimEnd());
  return code === 0;
}

/** The package as the registry would have it, beside the Dockerfile. @throws CannotRunHere without Docker. */
async function packForImage(): Promise<void> {
  await Docker.connect().catch((cause: unknown) => {
    throw new CannotRunHere(
      'Docker does not answer, and this example runs the mock in a container. Start Docker; check with: docker info',
      { cause },
    );
  });
  const { code, stdout, output } = await runProgram(
    'npm',
    ['pack', '--json', '--pack-destination', folderOf('container')],
    {
      cwd: mock,
      abort: interruption,
    },
  );
  if (code !== 0) throw new HarnessError(`npm pack failed:\n${output}\nCorrect what it names and run this again.`);
  const [packed] = JSON.parse(stdout) as [{ filename: string }];
  await rename(join(folderOf('container'), packed.filename), join(folderOf('container'), 'mock-authentik.tgz'));
}

await runCommand(async () => {
  progress('Building mock-authentik …');
  if (!(await succeeds(['npm', 'run', '--silent', 'build', '--workspace', 'mock-authentik'])))
    return exitCodes.harnessFailed;
  progress('Types of the examples …');
  let code: number = exitCodes.passed;
  if (!(await succeeds(['tsc', '--project', join(mock, 'examples')]))) code = exitCodes.productFailed;
  for (const [name, { prepare, command }] of Object.entries(examples)) {
    if (names.length > 0 && !names.includes(name)) continue;
    progress(`${name} …`);
    try {
      await prepare?.();
    } catch (error) {
      if (!(error instanceof CannotRunHere)) throw error;
      console.log(`${styleText('yellow', '-')} ${name}: ${error.message}`);
      code ||= exitCodes.cannotRunHere;
      continue;
    }
    const passed = await succeeds(command);
    console.log(passed ? `${styleText('green', '✓')} ${name}` : `${styleText('red', '✗')} ${name}`);
    if (!passed) code = exitCodes.productFailed;
  }
  return code;
});
