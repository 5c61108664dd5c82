import { join } from 'node:path';
import { HarnessError } from '../../fleet/errors.ts';
import { runProgram } from '../../fleet/programs.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { interruption } from '../command/interruption.ts';

/** Folder of the package mock-authentik. */
export const mockFolder = join(repositoryRoot, 'fixtures/authentik');

/** Builds the package mock-authentik in its folder. Throws a HarnessError when that fails. */
export async function buildMock(): Promise<void> {
  await npm('run', '--silent', 'build');
}

/** Packs what was built, as a registry would have it. @returns the path of the archive in that folder */
export async function packMock(folder: string): Promise<string> {
  const [packed] = JSON.parse(await npm('pack', '--json', '--pack-destination', folder)) as [{ filename: string }];
  return join(folder, packed.filename);
}

async function npm(...args: readonly string[]): Promise<string> {
  const { code, stdout, output } = await runProgram('npm', args, { cwd: mockFolder, abort: interruption });
  interruption.throwIfAborted();
  if (code === 0) return stdout;
  throw new HarnessError(
    `npm ${args[0]} in ${mockFolder} failed:\n${output}\nCorrect what it names and run this again.`,
  );
}
