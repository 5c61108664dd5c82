import * as fc from 'fast-check';
import { checkEnd } from '../../e2e/explore/invariants.ts';
import { Model } from '../../e2e/explore/model.ts';
import { fleetStepNames } from '../../e2e/explore/run-step.ts';
import type { Step } from '../../e2e/explore/step.ts';
import { Violation } from '../../e2e/explore/violation.ts';
import type { World } from '../../e2e/explore/world.ts';
import { sequences, type Sequence } from './sequences.ts';

/** A sequence after which the model was wrong. */
export interface Failure {
  /** The steps that were done, the last of which showed it. */
  steps: readonly Step[];
  message: string;
}

/** How far a search has come. */
export interface Progress {
  sequences: number;
  steps: number;
  /** Steps and seconds of the sequences without a change of the fleet. */
  quick: { steps: number; seconds: number };
}

export interface Found {
  /** As it was found. */
  first: Failure;
  /** Seconds until it was found. */
  foundAfter: number;
  /** Its number among the sequences of the seed. */
  number: number;
  /** The shortest that was found to fail in the same way; undefined: it did not fail again. */
  shortest: Failure | undefined;
  /** Seconds that shrinking took. */
  shrunkIn: number;
}

export interface SearchOptions {
  world: World;
  seed: number;
  /** Begin at the sequence of this number, from 0. */
  from: number;
  searchMs: number;
  shrinkMs: number;
  withFleet: boolean;
  signal: AbortSignal;
  report: (progress: Progress, now: Step | undefined) => void;
  /** Called when a failure is to be shrunk. */
  shrinking: (failure: Failure) => void;
}

/** Runs random sequences until one fails or the time is over. Rejects with an error of the harness. */
export async function search(options: SearchOptions): Promise<{ progress: Progress; found?: Found }> {
  const { world, seed, from, searchMs, shrinkMs, withFleet } = options;
  const progress: Progress = { sequences: 0, steps: 0, quick: { steps: 0, seconds: 0 } };
  const attempt = attemptOn(options, progress);
  const begin = performance.now();
  const seconds = (): number => (performance.now() - begin) / 1000;
  const property = fc.asyncProperty(sequences({ withFleet }), attempt.run);

  await fc.check(property, {
    seed,
    path: `${from}`,
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: searchMs,
    endOnFailure: true,
  });
  await attempt.ended();
  const first = attempt.failure;
  if (!first) return { progress };
  const foundAfter = seconds();
  options.shrinking(first);

  attempt.failure = undefined;
  const number = from + progress.sequences - 1;
  await fc.check(property, { seed, path: `${number}`, numRuns: 1, interruptAfterTimeLimit: shrinkMs });
  await attempt.ended();
  const found = { first, foundAfter, number, shortest: attempt.failure, shrunkIn: seconds() - foundAfter };
  await world.begin();
  return { progress, found };
}

/** Runs one sequence after the other. */
function attemptOn({ world, signal, report }: SearchOptions, progress: Progress) {
  let fault: unknown;
  let current: Promise<void> = Promise.resolve();
  const attempt = {
    /** Of the newest sequence that failed. */
    failure: undefined as Failure | undefined,
    run: async (sequence: Sequence): Promise<void> => {
      // After a fault of the harness no sequence says anything.
      if (fault !== undefined) return;
      current = one(sequence);
      await current;
    },
    /** Resolves when nothing is under way: fast-check does not wait when its time is over. */
    ended: async (): Promise<void> => {
      await current.catch(() => {});
      signal.throwIfAborted();
      if (fault !== undefined) throw fault;
    },
  };

  const one = async (sequence: Sequence): Promise<void> => {
    const steps: Step[] = [];
    const begin = performance.now();
    const model = new Model();
    try {
      signal.throwIfAborted();
      await world.begin();
      const setup = () => ({
        model,
        real: {
          world,
          begin: (step: Step) => {
            signal.throwIfAborted();
            steps.push(step);
            progress.steps += 1;
            report(progress, step);
          },
        },
      });
      await fc.asyncModelRun(setup, sequence);
      await checkEnd(model, world);
    } catch (error) {
      if (error instanceof Violation) attempt.failure = { steps, message: error.message };
      else fault = error;
      throw error;
    } finally {
      progress.sequences += 1;
      if (!steps.some((step) => (fleetStepNames as string[]).includes(step.do))) {
        progress.quick.steps += steps.length;
        progress.quick.seconds += (performance.now() - begin) / 1000;
      }
      report(progress, undefined);
    }
  };
  return attempt;
}
