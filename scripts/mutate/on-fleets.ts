import type { Engine } from '../../fleet/engines/shared/engine.ts';
import type { Mutant } from '../../fleet/build/mutants.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { interruption } from '../command/interruption.ts';
import { progress } from '../command/run-command.ts';
import type { Candidate } from './all-mutants.ts';
import type { SpecCoverage } from './coverage-of.ts';
import { fleetStart, redOn, tryOnFleet, tryOnOwnFleet } from './on-fleet.ts';
import { startSharedFleet, type SharedFleet } from './shared-fleet.ts';
import { attempts, closenessTo, isSwitched, testsFor } from './tests-for.ts';
import type { Finding, Outcome } from './verdict.ts';

export interface Trial {
  candidate: Candidate;
  finding: Finding;
}

export interface FleetTrials {
  engine: Engine;
  /** All mutants that there are. */
  mutants: readonly Mutant[];
  coverage: SpecCoverage;
  /** How many fleets at once. */
  jobs: number;
  /** How many tests at most against one mutant. */
  most: number | undefined;
  /** Called with each result. */
  onTried: (trial: Trial) => void;
}

/** After so many mutants a fleet is replaced: a mutant may leave something behind in its pods. */
const mutantsPerFleet = 15;

/** Runs the specs that reach these mutants, several mutants at a time. */
export async function tryOnFleets(
  trials: readonly Trial[],
  { engine, mutants, coverage, jobs, most, onTried }: FleetTrials,
): Promise<void> {
  /** By file and place: how many mutants of the file the test has killed. */
  const kills = new Map<string, Map<string, number>>();
  const killsIn = (file: string) => {
    const known = kills.get(file) ?? new Map<string, number>();
    kills.set(file, known);
    return known;
  };
  const switched = trials.filter(({ candidate }) => isSwitched(candidate, coverage));
  // Those with a build of their own come last, so that the others do not wait for it.
  const others = trials
    .filter((trial) => !switched.includes(trial))
    .toSorted((a, b) => Number(a.candidate.ownBuild) - Number(b.candidate.ownBuild));

  const attempt = async (trial: Trial, run: (trial: Parameters<typeof tryOnFleet>[1]) => Promise<Outcome>) => {
    interruption.throwIfAborted();
    const { mutant } = trial.candidate;
    const begin = performance.now();
    const tests = testsFor(mutant, coverage, mutants);
    const closeness = closenessTo(mutant.file, coverage, mutants);
    const order = attempts(tests, { kills: killsIn(mutant.file), closeness, most });
    const outcome =
      tests.length === 0
        ? ({ result: 'survived', tests: 0 } as const)
        : await run({ file: mutant.file, attempts: order, testsAtOnce: jobs });
    trial.finding.outcomes.spec = outcome;
    trial.finding.seconds += (performance.now() - begin) / 1000;
    const inFile = killsIn(mutant.file);
    if ('killer' in outcome) inFile.set(outcome.killer, (inFile.get(outcome.killer) ?? 0) + 1);
    onTried(trial);
  };

  /**
   * Several mutants on one fleet. A mutant is tried again on its own fleet if its killer also fails without it, or if it
   * survives: it may be in code that a pod runs only once, such as reading a key set.
   */
  const tryOnSharedFleet = async () => {
    await using shared = await startSharedFleet(engine);
    const tried = new Array<Trial>();
    do {
      const trial = switched.shift();
      if (!trial) break;
      shared.select(trial.candidate.mutant.id);
      await attempt(trial, (tests) => tryOnFleet(shared.fleet, tests));
      shared.select(undefined);
      tried.push(trial);
    } while (tried.length < mutantsPerFleet && (await isUsable(shared)));
    const unproven = await unprovenOn(shared, tried, jobs);
    others.unshift(...tried.filter((trial) => isSurvivor(trial) || unproven.has(trial)));
  };

  const killedAlone = new Array<Trial>();
  const lanes = Array.from({ length: Math.min(jobs, trials.length) }, async () => {
    while (switched.length > 0) await tryOnSharedFleet();
    for (let next = others.shift(); next !== undefined; next = others.shift()) {
      const { change } = next.candidate;
      await attempt(next, (tests) => tryOnOwnFleet(engine, change, tests));
      if (killerOf(next).some((killer) => killer !== fleetStart)) killedAlone.push(next);
    }
  });
  const results = await Promise.allSettled(lanes);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  if (killedAlone.length > 0) await tryKillersAlone(killedAlone, { engine, jobs, onTried });
}

/** A fleet that does not answer is replaced, as one with a pod that is not Ready. */
async function isUsable(shared: SharedFleet): Promise<boolean> {
  try {
    return await shared.isReady();
  } catch (error) {
    interruption.throwIfAborted();
    progress(`A fleet is replaced: ${(error as Error).message}`);
    return false;
  }
}

/** Why killers prove nothing, by trial: they also fail without the mutant, or the fleet cannot say whether they do. */
async function unprovenOn({ fleet }: SharedFleet, trials: readonly Trial[], jobs: number): Promise<Map<Trial, string>> {
  const killed = trials.filter((trial) => killerOf(trial).length > 0);
  if (killed.length === 0) return new Map();
  try {
    const red = await redOn(fleet, [...new Set(killed.flatMap(killerOf))], jobs);
    return new Map(
      killed.flatMap((trial) =>
        killerOf(trial)
          .filter((killer) => red.has(killer))
          .map((killer) => [trial, `${killer} also fails without the mutant`]),
      ),
    );
  } catch (error) {
    interruption.throwIfAborted();
    if (!(error instanceof HarnessError)) throw error;
    return new Map(killed.map((trial) => [trial, error.message]));
  }
}

/** A test that killed a mutant on a fleet of its own and also fails on a fleet without it has shown nothing. */
async function tryKillersAlone(
  trials: readonly Trial[],
  { engine, jobs, onTried }: Pick<FleetTrials, 'engine' | 'jobs' | 'onTried'>,
): Promise<void> {
  await using clean = await startSharedFleet(engine);
  for (const [trial, message] of await unprovenOn(clean, trials, jobs)) {
    trial.finding.outcomes.spec = { result: 'not run', message };
    onTried(trial);
  }
}

/** The test that noticed a mutant, or none. */
const killerOf = ({ finding: { outcomes } }: Trial): string[] =>
  outcomes.spec && 'killer' in outcomes.spec ? [outcomes.spec.killer] : [];

const isSurvivor = ({ finding: { outcomes } }: Trial): boolean =>
  outcomes.spec?.result === 'survived' && outcomes.spec.tests > 0;
