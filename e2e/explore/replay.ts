import { test } from '@playwright/test';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { limit } from '../deadline.ts';
import { checkEnd } from './checks.ts';
import { Model } from './model.ts';
import { appliesTo, runStep, stepSentence, type ExploreStep } from './run-step.ts';
import { World } from './world.ts';

/** Milliseconds within which every request must get a response: the apps wait 4 s for Authentik. */
export const maxAnswerMs = 5000;

/** Runs a sequence that `npm run prove -- explore` found, in a test. Fails at the first step after which the model is wrong. */
export async function replay(
  { fleet, clientId }: { fleet: Fleet; clientId: string },
  steps: readonly ExploreStep[],
): Promise<void> {
  await using world = await World.on(fleet, { clientId, maxAnswerMs: limit(maxAnswerMs) });
  await world.begin(new Model());
  for (const step of steps) {
    if (!appliesTo(step, world.model))
      throw new HarnessError(
        `"${stepSentence(step)}" cannot happen here. Write a sequence in which it can, or leave it out.`,
      );
    await test.step(stepSentence(step), () => runStep(step, world));
  }
  await test.step('at the end', () => checkEnd(world));
}
