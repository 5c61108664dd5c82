import { refusalsIn } from './refusals.ts';
import type { Reason, Sign } from './signs.ts';
import { authentik, redis, anotherDevice, signOut, failedSignIn } from './signs-of-others.ts';
import { anotherPod, missingRole, rollout, restartByRelease, hiddenRestart, hiddenRelease } from './signs-of-pods.ts';
import { clientSecret, expiryAtAuthentik, lostTokens, pausedPod, sessionSecret } from './signs-of-renewals.ts';
import { hours, renewal, parallel, slowRefresh } from './signs-of-time.ts';
import type { Story } from './story.ts';

const signs: readonly Sign[] = [
  anotherPod,
  missingRole,
  rollout,
  restartByRelease,
  hiddenRestart,
  hiddenRelease,
  hours,
  renewal,
  parallel,
  slowRefresh,
  pausedPod,
  lostTokens,
  expiryAtAuthentik,
  clientSecret,
  sessionSecret,
  authentik,
  redis,
  signOut,
  anotherDevice,
  failedSignIn,
];

/** What may have led to the first refusal, the likeliest first. Empty when nothing was refused. */
export function reasonsFor(story: Story): Reason[] {
  const [first] = refusalsIn(story);
  if (first === undefined) return [];
  return signs.flatMap((sign) => sign(story, first) ?? []).toSorted((a, b) => b.points - a.points);
}
