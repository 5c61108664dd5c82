import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { appNames } from '../../apps/environment/apps.ts';
import type { TestOutcome } from '../../e2e/reporters/outcome.ts';
import type { Engine, Fleet } from '../../fleet/engines/shared/engine.ts';
import { HarnessError, ProductFailed } from '../../fleet/errors.ts';
import type { Change } from '../../fleet/manifests/change.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { interruption } from '../command/interruption.ts';
import { specsOn } from '../prove/prove-regression.ts';
import type { Outcome } from './verdict.ts';

interface Trial {
  /** Where the mutant is. */
  file: string;
  /** Places of tests, in the order of {@link attempts}. */
  attempts: readonly string[][];
  testsAtOnce: number;
}

/** What kills a mutant with which an app does not start. */
export const fleetStart = 'the start of the fleet';

const [, ...otherApps] = appNames;

/** What all apps have in common is tried at the first of them, which are half of the tests. */
const testsOfOneApp = (file: string): string[] =>
  file.startsWith('apps/base/') ? [`--grep-invert=(?<![@/\\w-])(?:${otherApps.join('|')})(?![\\w-])`] : [];

/** Runs tests on a fleet of its own with a change until one fails. An app that does not start is a failure as well. */
export async function tryOnOwnFleet(engine: Engine, change: Change, trial: Trial): Promise<Outcome> {
  try {
    await using fleet = await engine.up({ changes: [change], signal: interruption });
    return await tryOnFleet(fleet, trial);
  } catch (error) {
    interruption.throwIfAborted();
    if (error instanceof ProductFailed) return { result: 'killed', killer: fleetStart, message: headline(error) };
    return notRun(error);
  }
}

/** Runs tests on a fleet that has the change, until one fails. */
export async function tryOnFleet(fleet: Fleet, { file, attempts, testsAtOnce }: Trial): Promise<Outcome> {
  try {
    for (const places of attempts) {
      const [failed] = await failuresOf(fleet, places, testsAtOnce, '--max-failures=1', ...testsOfOneApp(file));
      if (!failed) continue;
      const isTimeout = /^(?:Error: )?Test timeout of /.test(failed.message);
      const message = failed.message.split('\n').filter(Boolean).slice(0, 4).join(' · ').slice(0, 300);
      return { result: isTimeout ? 'timeout' : 'killed', killer: placeOf(failed), message };
    }
    return { result: 'survived', tests: attempts.flat().length };
  } catch (error) {
    interruption.throwIfAborted();
    return notRun(error);
  }
}

/** The places of those tests that fail on a fleet. @throws HarnessError when they cannot be run, or it has died. */
export async function redOn(fleet: Fleet, places: readonly string[], testsAtOnce: number): Promise<Set<string>> {
  return new Set((await failuresOf(fleet, places, testsAtOnce)).map(placeOf));
}

async function failuresOf(
  fleet: Fleet,
  places: readonly string[],
  testsAtOnce: number,
  ...options: string[]
): Promise<TestOutcome[]> {
  const reports = join('reports/mutation/specs', fleet.runId);
  try {
    const args = [...places.map((place) => `e2e/${place}`), ...options, '--trace=off'];
    const { tests } = await specsOn(fleet, reports, { args, testsAtOnce });
    const failed = tests.filter(({ status }) => status === 'failed');
    if (failed.length > 0) await checkAnswers(fleet);
    return failed;
  } finally {
    rmSync(join(repositoryRoot, reports), { recursive: true, force: true });
  }
}

/** On a fleet whose harness has died each test fails. @throws HarnessError when it has. */
async function checkAnswers(fleet: Fleet): Promise<void> {
  try {
    await fleet.pods();
  } catch (cause) {
    throw new HarnessError(`The fleet no longer answers: ${(cause as Error).message}`, { cause });
  }
}

const placeOf = ({ spec, line }: TestOutcome): string => `${spec}:${line}`;

function notRun(error: unknown): Outcome {
  if (error instanceof HarnessError) return { result: 'not run', message: headline(error) };
  throw error;
}

const headline = ({ message }: Error): string => message.split('\n').slice(0, 2).join(' ').slice(0, 300);
