import { checkStep } from './checks.ts';
import type { Model } from './model.ts';
import type { Do, ExploreStep, StepKind, StepKinds } from './step.ts';
import { authentikSteps } from './steps/authentik.ts';
import { fleetSteps, timeSteps } from './steps/fleet.ts';
import { requestSteps, signInSteps, signOutSteps } from './steps/users.ts';
import type { World } from './world.ts';

const kinds: StepKinds = {
  ...signInSteps,
  ...requestSteps,
  ...signOutSteps,
  ...timeSteps,
  ...authentikSteps,
  ...fleetSteps,
};

const kindOf = <S extends ExploreStep>(step: S): StepKind<S> => kinds[step.do as Do] as unknown as StepKind<S>;

export const stepSentence = (step: ExploreStep): string => kindOf(step).sentence(step);

export const appliesTo = (step: ExploreStep, model: Model): boolean => kindOf(step).applies(step, model);

/** One step and what must be true after it. @throws Violation */
export async function runStep(step: ExploreStep, model: Model, world: World): Promise<void> {
  const living = model.living;
  await kindOf(step).perform(step, model, world);
  await checkStep(
    living.filter(({ over }) => over),
    model,
    world,
  );
}
