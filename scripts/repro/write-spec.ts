import { basename, dirname, join, relative, resolve } from 'node:path';
import { HarnessError } from '../../fleet/errors.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { formatted, write } from '../explore/found-files.ts';
import { specSource } from '../explore/spec-source.ts';
import { specStepsOf } from './spec-of.ts';
import type { Shortest } from './shortest.ts';
import { stepSentence } from '../../e2e/replays/sentences.ts';

const e2e = join(repositoryRoot, 'e2e');

/** The path of a new spec below `e2e/`, relative to the repository. @throws HarnessError for any other place. */
export function specPath(given: string): string {
  const path = resolve(repositoryRoot, given);
  const isInside = !relative(e2e, path).startsWith('..') && dirname(path) !== e2e;
  if (isInside && path.endsWith('.spec.ts')) return relative(repositoryRoot, path);
  throw new HarnessError(
    `--write-spec ${given} is no spec in a folder of e2e/. Give one such as --write-spec e2e/found/refused.spec.ts`,
  );
}

/** Writes a sequence as a spec of `explore`. @returns the command that runs it, or why it cannot be written. */
export async function writeSpec(file: string, { plan, outcome }: Shortest): Promise<string> {
  const spec = specStepsOf(plan);
  if ('missing' in spec) return `No spec was written: "${spec.missing}" is no step of explore (docs/explore.md).`;
  const message = `${stepSentence(plan.steps.at(-1)!)}: ${outcome}`;
  const source = specSource(
    { steps: spec.steps, message },
    {
      title: `${basename(file, '.spec.ts')}: a session of a recording that was refused`,
      origin: 'From a recording of a browser.',
      toE2e: relative(dirname(file), 'e2e'),
    },
  );
  await write(repositoryRoot, file, await formatted(file, source));
  return `Spec: ${file}     npm run e2e -- ${relative('e2e', file)}`;
}
