import type { Regression } from '../../fixtures/regression.ts';
import { HarnessError } from '../../fleet/errors.ts';
import type { EngineName } from '../../fleet/run/state.ts';
import { progress } from '../command/run-command.ts';
import { reachedSince } from './changed.ts';
import { selectedTests, type SelectedTest } from './listed-tests.ts';
import { coverage, knownTests, measuredSeconds, readDurations, sequencerOf, type Sequencer } from './sequencer.ts';
import { measureSlowness } from './slowness.ts';
import { specsFor } from './spec-filters.ts';
import type { E2eOptions, SuiteProduct } from './suite-options.ts';
import { testsPerWorker, workerCount } from './worker-count.ts';

/** What of the selected tests runs. `saved`: only what differs from the commit in these files. */
type Wanted = Pick<E2eOptions, 'changed' | 'within' | 'shard' | 'matrix'> & { saved?: readonly string[] };

/** Chooses the tests of a run, of those that specs and other arguments of the runner select. */
export function chooserOf(
  engine: EngineName,
  specs: readonly string[],
  selection: readonly string[],
  options: E2eOptions,
  product: Pick<SuiteProduct, 'regressions' | 'nextBuild'>,
) {
  const secondsOf = measuredSeconds(readDurations(engine));
  // The fleets of a server would share its providers, which tests change.
  const isAlone = options.run || options.keep || options.watch || (options.authentik && 'url' in options.authentik);
  const workersFor = (tests: number): number =>
    Math.min(Math.max(1, tests), isAlone ? 1 : (options.workers ?? workerCount(engine, tests)));
  // Before the builds and the fleets, beside which the machine is slow.
  const slowness = options.within || options.changed ? measureSlowness() : 1;
  const choose = (wanted: Wanted, slowness: number) =>
    chooseTests(selection, wanted, product.regressions(), sequencerOf(secondsOf, workersFor, slowness));
  let choosing: ReturnType<typeof choose> | undefined;
  return {
    workersFor,
    /** The tests, listed when they are asked for first; none: all that are selected. */
    choice: () =>
      (choosing ??= isSmall(specs, selection, options, product.nextBuild.spec)
        ? Promise.resolve({ tests: [], scope: '' })
        : choose(options, slowness)),
    /** The ids of the tests that may notice a change of these files. */
    after: async (saved: readonly string[]) =>
      (await choose({ changed: true, saved }, measureSlowness())).tests.map(({ id }) => id),
  };
}

/** What runs after a change of which it is not known what notices it, in seconds. */
const withinWithoutReach = 30;

/**
 * The tests to run, best first, of those that arguments of the runner select.
 * @returns also a sentence about what they cover, when some are left out.
 * @throws HarnessError when no test is left.
 */
async function chooseTests(
  selection: readonly string[],
  { changed, saved, within, shard, matrix }: Wanted,
  regressions: readonly Regression[],
  sequencer: Sequencer,
): Promise<{ tests: SelectedTest[]; scope: string }> {
  const all = await selectedTests(selection, matrix === undefined ? {} : { matrix });
  let tests = all;
  if (changed !== undefined) {
    const reached = await reachedSince(changed === true ? 'HEAD' : changed, all, regressions, saved);
    reached.why.forEach(progress);
    ({ tests } = reached);
    if (tests.length === 0 || !reached.isWhole) {
      const seconds = within ?? withinWithoutReach;
      progress(
        `${tests.length === 0 ? 'No test is known to reach what has changed: ' : 'In addition: '}--within ${seconds}s`,
      );
      const chosen = new Set([...reached.tests, ...sequencer.fit(all, seconds)]);
      tests = all.filter((test) => chosen.has(test));
    }
  }
  if (shard) tests = sequencer.shard(tests, shard);
  tests = within === undefined ? sequencer.order(tests) : sequencer.fit(tests, within);
  if (tests.length === 0 && within !== undefined)
    throw new HarnessError(`No test takes less than ${within} s. Give --within more time.`);
  if (tests.length === 0) throw new HarnessError('This shard has no tests. Use fewer shards.');
  const isPart = changed !== undefined || within !== undefined;
  return { tests, scope: isPart ? coverage(tests, all, sequencer.secondsOf, within !== undefined) : '' };
}

/** Whether these are whole files of few tests, which one worker runs as they are. To list them would delay their fleet. */
function isSmall(
  specs: readonly string[],
  selection: readonly string[],
  options: E2eOptions,
  nextBuildSpec: string,
): boolean {
  const { list, within, changed, shard, workers, run, keep, matrix } = options;
  if (list ?? within ?? changed ?? shard ?? workers ?? run ?? keep ?? matrix) return false;
  const files = specsFor(specs).map((file) => file.replace('e2e/', ''));
  return (
    selection.length === specs.length &&
    !specs.some((spec) => spec.includes(':')) &&
    !files.includes(nextBuildSpec) &&
    knownTests(files) <= testsPerWorker
  );
}
