import { checkStep } from './invariants.ts';
import type { Model } from './model.ts';
import type { Do, Step, StepKind, StepKinds } from './step.ts';
import { authentikSteps } from './steps/authentik.ts';
import { chromiumSteps } from './steps/chromium.ts';
import { fleetSteps } from './steps/fleet.ts';
import { requestSteps } from './steps/requests.ts';
import { renewalSteps } from './steps/renewals.ts';
import { signInSteps } from './steps/sign-in.ts';
import { signOutSteps } from './steps/sign-out.ts';
import { timeSteps } from './steps/time.ts';
import type { World } from './world.ts';

const kinds: StepKinds = {
  ...signInSteps,
  ...requestSteps,
  ...signOutSteps,
  ...timeSteps,
  ...renewalSteps,
  ...authentikSteps,
  ...chromiumSteps,
  ...fleetSteps,
};

/** Whether a step takes seconds: it changes the fleet, starts a browser, or makes requests wait. */
export const isSlow = (step: Step): boolean =>
  step.do in fleetSteps ||
  step.do in chromiumSteps ||
  step.do in renewalSteps ||
  ('state' in step && step.state === 'very slow');

const kindOf = <S extends Step>(step: S): StepKind<S> => kinds[step.do as Do] as unknown as StepKind<S>;

export const sentenceOf = (step: Step): string => kindOf(step).sentence(step);

export const appliesTo = (step: Step, model: Model): boolean => kindOf(step).applies(step, model);

/** One step and what must be true after it. @throws Violation */
export async function runStep(step: Step, model: Model, world: World): Promise<void> {
  const living = model.living;
  await kindOf(step).perform(step, model, world);
  await checkStep(
    living.filter(({ over }) => over),
    model,
    world,
  );
}
