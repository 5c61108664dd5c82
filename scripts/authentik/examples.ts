import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { CannotRunHere, exitCodes, HarnessError } from '../../fleet/errors.ts';
import { commonImages, imageReference } from '../../fleet/manifests/images.ts';
import { runProgram } from '../../fleet/programs.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { interruption } from '../command/interruption.ts';
import { progress } from '../command/run-command.ts';

const mockFolder = join(repositoryRoot, 'fixtures/authentik');
const examplesFolder = join(mockFolder, 'examples');
const folderOf = (example: string): string => join(examplesFolder, example);

interface Example {
  /** What it needs in addition to the built package. */
  prepare?: () => Promise<void>;
  command: readonly [program: string, ...args: string[]];
}

export const examples: Readonly<Record<string, Example>> = {
  vitest: { command: ['vitest', 'run', '--root', folderOf('vitest')] },
  playwright: { command: ['playwright', 'test', '--config', folderOf('playwright')] },
  container: { prepare: packForImage, command: ['vitest', 'run', '--root', folderOf('container')] },
};

/** Builds the package mock-authentik, and runs its examples as a stranger would. @param only these; none are all */
export async function runExamples(only: readonly string[]): Promise<number> {
  const chosen = Object.entries(examples).filter(([name]) => only.length === 0 || only.includes(name));
  progress('Building mock-authentik …');
  await npm('run', '--silent', 'build');
  const codes = [await run('their types', { command: ['tsc', '--project', examplesFolder] })];
  for (const [name, example] of chosen) codes.push(await run(name, example));
  return codes.find((code) => code === exitCodes.productFailed) ?? Math.max(...codes);
}

/** Runs an example, and shows its output when it fails. */
async function run(name: string, { prepare, command: [file, ...args] }: Example): Promise<number> {
  progress(`${name} …`);
  try {
    await prepare?.();
  } catch (error) {
    if (!(error instanceof CannotRunHere)) throw error;
    console.log(`${styleText('yellow', '-')} ${name}: ${error.message}`);
    return exitCodes.cannotRunHere;
  }
  const { code, output } = await runProgram(file, args, { cwd: repositoryRoot, abort: interruption });
  interruption.throwIfAborted();
  console.log(
    code === 0 ? `${styleText('green', '✓')} ${name}` : `${styleText('red', '✗')} ${name}\n${output.trimEnd()}`,
  );
  return code === 0 ? exitCodes.passed : exitCodes.productFailed;
}

/** Provides the base image, and puts the package beside the Dockerfile. @throws CannotRunHere without Docker. */
async function packForImage(): Promise<void> {
  const { Docker } = await import('../../fleet/engines/docker/docker.ts');
  const docker = await Docker.connect('this example runs the mock in a container');
  const node = { reference: imageReference(commonImages.node), overrideEnv: commonImages.node.overrideEnv };
  await docker.provide([node], progress);
  process.env[node.overrideEnv] = node.reference;
  const folder = folderOf('container');
  const [packed] = JSON.parse(await npm('pack', '--json', '--pack-destination', folder)) as [{ filename: string }];
  await rename(join(folder, packed.filename), join(folder, 'mock-authentik.tgz'));
}

async function npm(...args: readonly string[]): Promise<string> {
  const { code, stdout, output } = await runProgram('npm', args, { cwd: mockFolder, abort: interruption });
  interruption.throwIfAborted();
  if (code === 0) return stdout;
  throw new HarnessError(
    `npm ${args[0]} in ${mockFolder} failed:\n${output}\nCorrect what it names and run this again.`,
  );
}
