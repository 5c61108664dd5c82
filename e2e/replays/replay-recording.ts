import { expect } from '@playwright/test';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { limit } from '../deadline.ts';
import { maxAnswerMs } from '../explore/replay.ts';
import { World } from '../explore/world.ts';
import { isRefused } from './outcome.ts';
import type { FleetEvent, Plan, StoryRequest } from './plan.ts';
import { Player } from './player.ts';
import { requestSentence } from './sentences.ts';
import type { PodIndex } from '../explore/model.ts';

/** A step as a spec has it: the requests are in the order of the steps. */
export type SpecStep = FleetEvent | { do: 'request'; pod?: PodIndex; request: StoryRequest };

/** Plays a sequence that `npm run repro -- --write-spec` wrote, in a test. Fails when the last request is refused. */
export async function replayRecording(
  { fleet, clientId }: { fleet: Fleet; clientId: string },
  { steps, hasRoles }: { steps: readonly SpecStep[]; hasRoles: boolean },
): Promise<void> {
  await using world = await World.on(fleet, {
    clientId,
    maxAnswerMs: limit(maxAnswerMs),
    chromium: () => Promise.reject(new Error('Replays open no browser.')),
  });
  const plan: Plan = {
    hasRoles,
    steps: steps.map((step, index) => (step.do === 'request' ? { ...step, index, pod: step.pod } : step)),
  };
  const played = await new Player(world).play(plan);
  const last = plan.steps.findLast((step) => step.do === 'request');
  if (!last) throw new Error('The sequence has no request. Write one.');
  const outcome = played.get(last.index) ?? '';
  expect(isRefused(outcome) ? `refused: ${outcome}` : 'served', requestSentence(last.request)).toBe('served');
}
