import * as fc from 'fast-check';
import type { Model } from '../../e2e/explore/model.ts';
import { appliesTo, sentenceOf } from '../../e2e/explore/run-step.ts';
import type { Step } from '../../e2e/explore/step.ts';
import { anySteps, quickSteps } from './random-steps.ts';

/** Does one step. */
type Play = (step: Step, model: Model) => Promise<void>;

/** A step as fast-check's model runner has it. */
class StepCommand implements fc.AsyncCommand<Model, Play> {
  readonly step: Step;

  constructor(step: Step) {
    this.step = step;
  }

  check(model: Readonly<Model>): boolean {
    return appliesTo(this.step, model as Model);
  }

  run(model: Model, play: Play): Promise<void> {
    return play(this.step, model);
  }

  toString(): string {
    return sentenceOf(this.step);
  }
}

export type Sequence = Iterable<fc.AsyncCommand<Model, Play>>;

const sequenceOf = (steps: fc.Arbitrary<Step>, maxCommands: number): fc.Arbitrary<Sequence> =>
  fc.commands([steps.map((step) => new StepCommand(step))], { maxCommands, size: 'max' });

/** Mostly sequences of quick steps; every fourth has slow ones too. @param withFleet whether it may change the fleet. */
export const sequences = (options: { withFleet: boolean }): fc.Arbitrary<Sequence> =>
  fc.oneof(
    { weight: 3, arbitrary: sequenceOf(quickSteps, 60) },
    { weight: 1, arbitrary: sequenceOf(anySteps(options), 30) },
  );
