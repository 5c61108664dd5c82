import type { AppName } from '../../apps/environment/apps.ts';
import type { PodIndex } from '../../e2e/explore/model.ts';
import type { Step } from '../../e2e/explore/step.ts';
import { renewalSeconds } from './signs.ts';
import { burstsOf } from '../../e2e/replays/bursts.ts';
import type { Plan, PlanStep } from '../../e2e/replays/plan.ts';
import { stepSentence } from '../../e2e/replays/sentences.ts';

type RequestStep = Extract<PlanStep, { do: 'request' }>;

/** A sequence as steps of `explore`, or the step that has none. */
export type SpecSteps = { steps: Step[] } | { missing: string };

const hour = 3600;
const person = 'anna';
const browser = 'laptop';

/** The steps of a spec that shows a sequence. */
export function specStepsOf({ steps: planned, hasRoles }: Plan): SpecSteps {
  if (!hasRoles) return { missing: 'a person without the role' };
  const steps: Step[] = [];
  const isIn = new Set<AppName>();
  let seconds = 0;
  let isRedisAway = false;
  let isSlow = false;
  for (const group of burstsOf(planned, (step) => (step.do === 'request' ? step.request : undefined))) {
    const [step] = group;
    if (step?.do !== 'request') {
      if (step?.do === 'time passes') seconds += step.seconds;
      else if (step?.do === 'roll out' && !step.isRelease) steps.push({ do: 'roll out', app: step.app });
      else if (step?.do === 'trouble begins' || step?.do === 'trouble ends') {
        const begins = step.do === 'trouble begins';
        if (step.of === 'Redis') isRedisAway = begins;
        else if (step.of === 'Authentik slow') isSlow = begins;
        else steps.push({ do: 'token endpoint becomes', state: begins ? 'failing' : 'well' });
      } else if (step) return { missing: stepSentence(step) };
      continue;
    }
    const { app, does } = step.request;
    const place = { browser, app } as const;
    if (!isIn.has(app) && does !== 'sign in') steps.push({ do: 'sign in', ...place, person });
    isIn.add(app);
    if (does === 'sign in') seconds = 0;
    else if (seconds >= hour) steps.push({ do: 'leave unused', ...place, hours: Math.floor(seconds / hour) });
    else if (seconds >= renewalSeconds && !isSlow) steps.push({ do: 'tokens become due', ...place });
    if (seconds >= renewalSeconds) seconds = 0;
    if (isSlow) steps.push({ do: 'call while Authentik is slow', ...place });
    else if (isRedisAway) steps.push({ do: 'hang Redis' });
    else steps.push(group.length > 1 ? { do: 'call several times at once', ...place } : stepOf(step));
  }
  return { steps };
}

function stepOf({ request: { app, does, path }, pod = 0 }: RequestStep): Step {
  const place: { browser: typeof browser; app: AppName; pod: PodIndex } = { browser, app, pod };
  if (does === 'sign in') return { do: 'sign in', browser, app, person };
  if (does === 'sign out') return { do: 'sign out', ...place };
  return { do: does, path, ...place };
}
