// `npm run examples`: builds the package mock-authentik, and runs its examples as a stranger would.
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { Argument } from 'commander';
import { Docker } from '../fleet/engines/docker/docker.ts';
import { CannotRunHere, exitCodes } from '../fleet/errors.ts';
import { imageReference, images } from '../fleet/manifests/images.ts';
import { runProgram } from '../fleet/programs.ts';
import { repositoryRoot } from '../fleet/root.ts';
import { commandLine } from './command/command-line.ts';
import { interruption } from './command/interruption.ts';
import { buildMock, mockFolder, packMock } from './shared/pack-mock.ts';
import { progress, runCommand } from './command/run-command.ts';

const examplesFolder = join(mockFolder, 'examples');
const folderOf = (example: string): string => join(examplesFolder, example);

interface Example {
  /** What it needs in addition to the built package. */
  prepare?: () => Promise<void>;
  command: readonly [program: string, ...args: string[]];
}

const examples: Readonly<Record<string, Example>> = {
  vitest: { command: ['vitest', 'run', '--root', folderOf('vitest')] },
  playwright: { command: ['playwright', 'test', '--config', folderOf('playwright')] },
  container: { prepare: packForImage, command: ['vitest', 'run', '--root', folderOf('container')] },
};

const program = commandLine('examples')
  .description('Builds the package mock-authentik and runs its examples, which are tests.')
  .addArgument(new Argument('[examples...]', 'only these').choices(Object.keys(examples)))
  .addHelpText(
    'after',
    '\nExit codes: 0 all pass; 1 one fails; 2 the harness failed; 77 one cannot run here, and the others pass.',
  )
  .parse();

await runCommand(async () => {
  const chosen = Object.entries(examples).filter(([name]) => program.args.length === 0 || program.args.includes(name));
  progress('Building mock-authentik …');
  await buildMock();
  const codes = [await typesPass()];
  for (const [name, example] of chosen) codes.push(await run(name, example));
  return codes.find((code) => code === exitCodes.productFailed) ?? Math.max(...codes);
});

async function typesPass(): Promise<number> {
  progress('Their types …');
  return succeeds('their types', 'tsc', '--project', examplesFolder);
}

async function run(name: string, { prepare, command: [file, ...args] }: Example): Promise<number> {
  progress(`${name} …`);
  try {
    await prepare?.();
  } catch (error) {
    if (!(error instanceof CannotRunHere)) throw error;
    console.log(`${styleText('yellow', '-')} ${name}: ${error.message}`);
    return exitCodes.cannotRunHere;
  }
  return succeeds(name, file, ...args);
}

/** Runs a program of this repository, and shows its output when it fails. */
async function succeeds(name: string, file: string, ...args: readonly string[]): Promise<number> {
  const { code, output } = await runProgram(file, args, { cwd: repositoryRoot, abort: interruption });
  interruption.throwIfAborted();
  console.log(
    code === 0 ? `${styleText('green', '✓')} ${name}` : `${styleText('red', '✗')} ${name}\n${output.trimEnd()}`,
  );
  return code === 0 ? exitCodes.passed : exitCodes.productFailed;
}

/** Provides the base image, and puts the package beside the Dockerfile. @throws CannotRunHere without Docker. */
async function packForImage(): Promise<void> {
  const docker = await Docker.connect().catch((cause: unknown) => {
    throw new CannotRunHere(
      'Docker does not answer, and this example runs the mock in a container. Start Docker; check with: docker info',
      { cause },
    );
  });
  const node = { reference: imageReference('node'), overrideEnv: images.node.overrideEnv };
  await docker.provide([node], progress);
  process.env[node.overrideEnv] = node.reference;
  await rename(await packMock(folderOf('container')), join(folderOf('container'), 'mock-authentik.tgz'));
}
