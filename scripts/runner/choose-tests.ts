import { HarnessError } from '../../fleet/errors.ts';
import { progress } from '../command/run-command.ts';
import { reachedSince } from './changed.ts';
import { selectedTests, type SelectedTest } from './listed-tests.ts';
import { bestFirst, coverage, fitting, measuredSeconds, readDurations, shardOf } from './order.ts';
import type { E2eOptions } from './suite-options.ts';

/** What of the selected tests runs. `saved`: only what differs from the commit in these files. */
type TestChoice = Pick<E2eOptions, 'changed' | 'within' | 'shard'> & { saved?: readonly string[] };

/** What runs after a change of which it is not known what notices it, in seconds. */
const withinWithoutReach = 30;

/**
 * The tests to run, best first, of those that arguments of the runner select.
 * @param slowness how much slower this machine is than a quiet one. @param workersFor how many run so many tests.
 * @returns also a sentence about what they cover, when some are left out.
 * @throws HarnessError when no test is left.
 */
export async function chooseTests(
  selection: readonly string[],
  { changed, saved, within, shard }: TestChoice,
  { engine, slowness, workersFor }: { engine: string; slowness: number; workersFor: (tests: number) => number },
): Promise<{ tests: SelectedTest[]; scope: string }> {
  const all = await selectedTests(selection);
  const secondsOf = measuredSeconds(readDurations(engine));
  const likeliest = (seconds: number, of: readonly SelectedTest[]) =>
    fitting(bestFirst(of, secondsOf), secondsOf, workersFor(of.length), seconds / slowness);
  let tests = all;
  if (changed !== undefined) {
    const reached = await reachedSince(changed === true ? 'HEAD' : changed, all, saved);
    reached.why.forEach(progress);
    ({ tests } = reached);
    if (tests.length === 0 || !reached.isWhole) {
      const seconds = within ?? withinWithoutReach;
      progress(
        `${tests.length === 0 ? 'No test is known to reach what has changed: ' : 'In addition: '}--within ${seconds}s`,
      );
      const chosen = new Set([...reached.tests, ...likeliest(seconds, all)]);
      tests = all.filter((test) => chosen.has(test));
    }
  }
  // Sorted by time, every n-th makes parts of nearly the same time.
  if (shard)
    tests = shardOf(
      shard,
      tests.toSorted((a, b) => secondsOf(b) - secondsOf(a)),
    );
  tests = within === undefined ? bestFirst(tests, secondsOf) : likeliest(within, tests);
  if (tests.length === 0 && within !== undefined)
    throw new HarnessError(`No test takes less than ${within} s. Give --within more time.`);
  if (tests.length === 0) throw new HarnessError('This shard has no tests. Use fewer shards.');
  const isPart = changed !== undefined || within !== undefined;
  return { tests, scope: isPart ? coverage(tests, all, { secondsOf, named: within !== undefined }) : '' };
}
