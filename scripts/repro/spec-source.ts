import type { SpecStep } from '../../e2e/replays/replay-recording.ts';
import type { Plan, PlanStep } from '../../e2e/replays/plan.ts';
import { stepSentence } from '../../e2e/replays/sentences.ts';
import type { Change } from '../../fleet/manifests/change.ts';

/** The title of a spec's test, the way from its folder to `e2e/`, and what its fleet must have. */
export interface SpecDetails {
  title: string;
  outcome: string;
  toE2e: string;
  conditions: readonly Change[];
}

/** Seconds that a test with these steps takes at most on a quiet machine. */
const secondsOf = (steps: readonly PlanStep[]): number => 60 + 10 * steps.length;

/** The source of a spec that plays a sequence. Its last request must be served. */
export function specSource({ steps, hasRoles }: Plan, { title, outcome, toE2e, conditions }: SpecDetails): string {
  // A release changes the fleet for good, so it gets one of its own.
  const isReleased = steps.some((step) => step.do === 'roll out' && step.isRelease);
  const needs = ['store', 'authentik-control', 'rollout', 'kill', ...(isReleased ? ['builds'] : [])];
  const hasOwnFleet = isReleased || conditions.length > 0;
  const start = steps.find((step) => step.do === 'request')?.request.at ?? 0;
  return `import { test } from '${toE2e}/fixtures/index.ts';
import { replayRecording } from '${toE2e}/replays/replay-recording.ts';

test.use({ needs: ${JSON.stringify(needs)}${hasOwnFleet ? `, variant: { changes: ${JSON.stringify(conditions)} }` : ''} });
test.setTimeout(${secondsOf(steps) * 1000});

// The browser that was recorded got: ${outcome}. Give the test a name, and move it to the folder of what it shows.
test(${JSON.stringify(title)}, async ({ fleet, clientId }) => {
  await replayRecording({ fleet, clientId }, { hasRoles: ${hasRoles}, steps: [
${steps.map((step) => `    // ${stepSentence(step)}\n    ${JSON.stringify(specStep(step, start))},`).join('\n')}
  ] });
});
`;
}

/** Without what a replay does not need. */
function specStep(step: PlanStep, start: number): SpecStep {
  if (step.do !== 'request') return step;
  const { pod: _pod, revision: _revision, asked: _asked, hasCookie, ...request } = step.request;
  return {
    do: 'request',
    ...(step.pod !== undefined && { pod: step.pod }),
    request: {
      ...request,
      ...(hasCookie === false && { hasCookie }),
      at: Math.round(request.at - start),
      ms: Math.round(request.ms),
    },
  };
}
