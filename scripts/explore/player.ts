import { checkEnd } from '../../e2e/explore/invariants.ts';
import type { Model } from '../../e2e/explore/model.ts';
import { runStep } from '../../e2e/explore/run-step.ts';
import type { Step } from '../../e2e/explore/step.ts';
import type { World } from '../../e2e/explore/world.ts';

/** Plays sequences. `step` and `end` throw a Violation when the model is wrong. */
export interface Player {
  begin(): Promise<void>;
  step(step: Step, model: Model): Promise<void>;
  end(model: Model): Promise<void>;
  /** @throws an error of the harness when a part of the fleet that belongs to the harness is down. */
  checkFleet(): Promise<void>;
}

/** Plays sequences on a fleet. */
export const playerOn = (world: World): Player => ({
  begin: () => world.begin(),
  step: (step, model) => runStep(step, model, world),
  end: (model) => checkEnd(model, world),
  checkFleet: () => world.parts.check(),
});
