import * as fc from 'fast-check';
import type { Model } from '../../e2e/explore/model.ts';
import { appliesTo, runStep, sentenceOf } from '../../e2e/explore/run-step.ts';
import type { Step } from '../../e2e/explore/step.ts';
import type { World } from '../../e2e/explore/world.ts';
import { anySteps, quickSteps } from './random-steps.ts';

/** A sequence on its way. */
export interface Run {
  world: World;
  /** Told of each step before it is done. */
  begin: (step: Step) => void;
}

export class StepCommand implements fc.AsyncCommand<Model, Run> {
  readonly step: Step;

  constructor(step: Step) {
    this.step = step;
  }

  check(model: Readonly<Model>): boolean {
    return appliesTo(this.step, model as Model);
  }

  async run(model: Model, { world, begin }: Run): Promise<void> {
    begin(this.step);
    await runStep(this.step, model, world);
  }

  toString(): string {
    return sentenceOf(this.step);
  }
}

export type Sequence = Iterable<fc.AsyncCommand<Model, Run>>;

const sequenceOf = (steps: fc.Arbitrary<Step>, maxCommands: number): fc.Arbitrary<Sequence> =>
  fc.commands([steps.map((step) => new StepCommand(step))], { maxCommands, size: 'max' });

/** Mostly sequences of quick steps; every fourth has slow ones too. @param withFleet whether it may change the fleet. */
export const sequences = (options: { withFleet: boolean }): fc.Arbitrary<Sequence> =>
  fc.oneof(
    { weight: 3, arbitrary: sequenceOf(quickSteps, 60) },
    { weight: 1, arbitrary: sequenceOf(anySteps(options), 30) },
  );
