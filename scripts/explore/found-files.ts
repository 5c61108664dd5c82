import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { HarnessError } from '../../fleet/errors.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { specSource, stubSource } from './spec-source.ts';
import type { Found } from './search.ts';

/** Where a found sequence was written, relative to the repository. */
export interface FoundFiles {
  spec: string;
  stub: string;
  /** Argument of `npm run e2e` that runs the spec alone. */
  filter: string;
  /** Options that the command had, to run it again. */
  options: string;
}

export interface Context {
  seed: number;
  options: { regression?: string; fleetChanges: boolean };
}

/** Writes a found sequence as a spec, which the suite runs, and as a stub of a regression. */
export async function writeFound(found: Found, { seed, options }: Context, root = repositoryRoot): Promise<FoundFiles> {
  const name = `seed-${seed}-${found.number}${options.regression ? `-${options.regression}` : ''}`;
  const filter = `found/${name}.spec.ts`;
  const spec = `e2e/${filter}`;
  const reports = `reports/explore/${name}`;
  const stub = `${reports}/regression.ts`;
  const failure = found.shortest ?? found.first;
  const source = await formatted(
    spec,
    specSource(failure, {
      title: `${name}: a sequence that explore found`,
      origin: `Found with seed ${seed}.`,
      toE2e: '..',
    }),
  );
  await write(root, spec, source);
  // A copy for who has only the reports, as of a job at night.
  await write(root, `${reports}/sequence.spec.ts`, source);
  await write(root, stub, await formatted(stub, stubSource(failure, filter)));
  const given = [
    ...(options.regression ? [`--regression ${options.regression}`] : []),
    ...(options.fleetChanges ? [] : ['--no-fleet-changes']),
  ];
  return { spec, stub, filter, options: given.map((option) => ` ${option}`).join('') };
}

/** A source as this repository formats it. @param file relative to the repository. */
const formatted = async (file: string, source: string): Promise<string> => {
  const filepath = join(repositoryRoot, file);
  return format(source, { ...(await resolveConfig(filepath)), filepath });
};

/** @throws HarnessError */
async function write(root: string, file: string, source: string): Promise<void> {
  const path = join(root, file);
  try {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, source);
  } catch (cause) {
    throw new HarnessError(
      `${path} cannot be written: ${(cause as Error).message}. Delete what is there, or make the folder writable.`,
      {
        cause,
      },
    );
  }
}
