import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Plan } from '../../e2e/replays/plan.ts';
import { quoted } from '../../e2e/report/commands.ts';
import { requestSentence } from '../../e2e/replays/sentences.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import type { Regression } from '../../fixtures/regressions/regression.ts';
import { formatted, write } from '../explore/found-files.ts';
import { conditionsOf } from './on-fleet.ts';
import type { Shortest } from './shortest.ts';
import { specSource } from './spec-source.ts';

const e2e = join(repositoryRoot, 'e2e');

/** The path of a new spec below `e2e/`, relative to the repository. @throws HarnessError for any other place, or one that is taken. */
export function specPath(given: string, { force }: { force: boolean }): string {
  const path = resolve(repositoryRoot, given);
  const isInside = !relative(e2e, path).startsWith('..') && dirname(path) !== e2e;
  if (!isInside || !path.endsWith('.spec.ts'))
    throw new HarnessError(
      `--write-spec ${given} is no spec in a folder of e2e/. Give one such as --write-spec e2e/found/refused.spec.ts`,
    );
  if (existsSync(path) && !force)
    throw new HarnessError(`${given} exists. Give another name, or overwrite it with --force.`);
  return relative(repositoryRoot, path);
}

/**
 * Writes a sequence as a spec.
 * @param fault that refuses it, where one is known. @returns the commands that run it, without and with the fault.
 */
export async function writeSpec(
  file: string,
  { plan, outcome }: Shortest,
  fault?: Pick<Regression, 'name' | 'refusedAfter'>,
): Promise<string> {
  const source = specSource(plan, {
    title: `${basename(file, '.spec.ts')}: ${lastRequestOf(plan)} is served`,
    outcome,
    toE2e: relative(dirname(file), 'e2e'),
    conditions: conditionsOf(fault?.refusedAfter),
  });
  await write(repositoryRoot, file, await formatted(file, source));
  const spec = relative('e2e', file);
  const run = `npm run e2e -- ${quoted(spec)}`;
  return [`Spec:  ${file}`, `       ${run}`, ...(fault ? withFault(spec, run, fault.name) : [])].join('\n');
}

/** The gate demands of every test the regression that turns it red. */
const withFault = (spec: string, run: string, fault: string): string[] => [
  `       ${run} --regression ${fault}     # red`,
  `Keep:  tag its test @${fault}, and add to its caughtBy in fixtures/regressions:`,
  `       '${spec}': /Received: "refused: /,`,
];

function lastRequestOf({ steps }: Plan): string {
  const last = steps.findLast((step) => step.do === 'request');
  return last ? requestSentence(last.request) : 'the session';
}
