import * as fc from 'fast-check';
import { Model, Violation } from './model.ts';
import { checkEnd } from './checks.ts';
import { runStep, type ExploreStep } from './run-step.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { sequences, type Sequence } from './random-sequences.ts';
import type { World } from './world.ts';

/** A sequence after which the model was wrong. */
export interface FailedSequence {
  /** The steps that were done, the last of which showed it. */
  steps: readonly ExploreStep[];
  message: string;
}

export interface SearchProgress {
  sequences: number;
  steps: number;
}

/** Plays sequences. `step` and `end` throw when the model is wrong. */
export interface SequencePlayer {
  begin(model: Model): Promise<void>;
  step(step: ExploreStep): Promise<void>;
  end(): Promise<void>;
  /** @throws an error of the harness when a part of the fleet that belongs to the harness is down. */
  checkFleet(): Promise<void>;
}

export const playerOn = (world: World): SequencePlayer => ({
  begin: (model) => world.begin(model),
  step: (step) => runStep(step, world),
  end: () => checkEnd(world),
  checkFleet: () => world.checkFleet(),
});

export interface FoundSequence {
  /** As it was found. */
  first: FailedSequence;
  /** Seconds until it was found. */
  foundAfter: number;
  /** Its number among the sequences of the seed. */
  number: number;
  /** The shortest sequence that fails; undefined: it did not fail again. */
  shortest: FailedSequence | undefined;
  /** Seconds that shrinking took. */
  shrunkIn: number;
  /** What ended shrinking early: an interruption or an error of the harness. */
  fault?: unknown;
}

export interface SearchOptions {
  seed: number;
  /** Begin at the sequence of this number, from 0. */
  from: number;
  searchMs: number;
  shrinkMs: number;
  signal: AbortSignal;
  /** Called before each step, and at the end of each sequence. */
  report: (progress: SearchProgress) => void;
  shrinking: (failure: FailedSequence) => void;
}

/** How often a failure is played again to shrink it, in case it depends on timing. */
const replays = 3;

/** Plays random sequences until one fails or the time is over. @throws an error of the harness that came before. */
export async function search(
  player: SequencePlayer,
  options: SearchOptions,
): Promise<{ progress: SearchProgress; found?: FoundSequence }> {
  const { seed, from, searchMs, shrinkMs } = options;
  const attempts = new Attempts(player, options);
  const begin = performance.now();
  const seconds = (): number => (performance.now() - begin) / 1000;
  const property = fc.asyncProperty(sequences(), (sequence) => attempts.run(sequence));

  const numRuns = Number.MAX_SAFE_INTEGER;
  await fc.check(property, { seed, path: `${from}`, numRuns, interruptAfterTimeLimit: searchMs, endOnFailure: true });
  await attempts.ended();
  const { progress, failure: first } = attempts;
  if (!first) {
    if (attempts.fault !== undefined) throw attempts.fault;
    return { progress };
  }
  const foundAfter = seconds();
  options.shrinking(first);

  attempts.failure = undefined;
  const number = from + progress.sequences - 1;
  const isOver = (): boolean => attempts.failure !== undefined || attempts.fault !== undefined;
  for (let replay = 1; replay <= replays && !isOver(); replay += 1) {
    await fc.check(property, { seed, path: `${number}`, numRuns: 1, interruptAfterTimeLimit: shrinkMs });
    await attempts.ended();
  }
  const { failure: shortest, fault } = attempts;
  return { progress, found: { first, foundAfter, number, shortest, shrunkIn: seconds() - foundAfter, fault } };
}

class Attempts {
  readonly progress: SearchProgress = { sequences: 0, steps: 0 };
  /** Of the newest sequence that failed: shrinking goes on from there, so it is the shortest. */
  failure: FailedSequence | undefined;
  /** An interruption or an error of the harness. After it no sequence is played. */
  fault: unknown;
  readonly #player: SequencePlayer;
  readonly #options: SearchOptions;
  #current: Promise<void> = Promise.resolve();

  constructor(player: SequencePlayer, options: SearchOptions) {
    this.#player = player;
    this.#options = options;
  }

  async run(sequence: Sequence): Promise<void> {
    // After a fault of the harness no sequence says anything.
    if (this.fault !== undefined) return;
    this.#current = this.#play(sequence);
    await this.#current;
  }

  /** Resolves when nothing is under way: fast-check does not wait when its time is over. */
  async ended(): Promise<void> {
    await this.#current.catch(() => {});
  }

  /** Why nothing that was seen says anything of the product: an interruption, or a part of the harness that is down. */
  async #faultBehind(thrown: unknown): Promise<unknown> {
    if (thrown instanceof HarnessError || thrown === this.#options.signal.reason) return thrown;
    const fault = await this.#player.checkFleet().catch((error: unknown) => error);
    return fault ?? (thrown instanceof Violation ? undefined : thrown);
  }

  async #play(sequence: Sequence): Promise<void> {
    const { signal, report } = this.#options;
    const steps: ExploreStep[] = [];
    const model = new Model();
    const play = async (step: ExploreStep): Promise<void> => {
      signal.throwIfAborted();
      steps.push(step);
      this.progress.steps += 1;
      report(this.progress);
      await this.#player.step(step);
    };
    try {
      signal.throwIfAborted();
      await this.#player.begin(model);
      await fc.asyncModelRun(() => ({ model, real: play }), sequence);
      await this.#player.end();
    } catch (thrown) {
      this.fault = await this.#faultBehind(thrown);
      if (this.fault === undefined) this.failure = { steps, message: (thrown as Error).message };
      throw thrown;
    } finally {
      this.progress.sequences += 1;
      report(this.progress);
    }
  }
}
