import { checkStep } from './checks.ts';
import type { Model } from './model.ts';
import type { StepKind } from './step.ts';
import { authentikSteps } from './steps/authentik.ts';
import { fleetSteps, timeSteps } from './steps/fleet.ts';
import { userSteps } from './steps/users.ts';
import type { World } from './world.ts';

const kinds = { ...userSteps, ...timeSteps, ...authentikSteps, ...fleetSteps };

type Kinds = typeof kinds;
/** What a step of each kind says, without its kind. */
export type Details = { [Do in keyof Kinds]: Kinds[Do] extends StepKind<infer Its> ? Its : never };
export type ExploreStep = { [Do in keyof Kinds]: { do: Do } & Details[Do] }[keyof Kinds];

const kindOf = (step: ExploreStep) => kinds[step.do] as StepKind<ExploreStep>;

export const stepSentence = (step: ExploreStep): string => kindOf(step).sentence(step);

export const appliesTo = (step: ExploreStep, model: Model): boolean => kindOf(step).applies?.(step, model) ?? true;

/** One step and what must be true after it. @throws Error when it is not. */
export async function runStep(step: ExploreStep, world: World): Promise<void> {
  const { living } = world.model;
  await kindOf(step).perform(step, world);
  await checkStep(
    living.filter(({ over }) => over),
    world,
  );
}
