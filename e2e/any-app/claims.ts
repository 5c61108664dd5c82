import { isUnproven, type ClaimFixtures } from '../claims/claim.ts';
import { crossPod } from '../claims/cross-pod.ts';
import { refresh } from '../claims/refresh.ts';
import { refusal } from '../claims/refusal.ts';
import { rollout } from '../claims/rollout.ts';
import { backChannel, signOut } from '../claims/sign-out.ts';
import { tabs } from '../claims/tabs.ts';
import type { WebAppDescription } from '../claims/web-app.ts';
import { isHarnessFault } from '../report/harness-fault.ts';

/** Whether a claim that failed with this message is broken; it could not be tried otherwise. */
export const wasTried = (message: string): boolean => !isUnproven(message) && !isHarnessFault(message);

interface Claim {
  /** What a user may rely on. */
  shows: string;
  prove: (app: WebAppDescription) => (fixtures: ClaimFixtures) => Promise<void>;
  /** Regressions of the catalogue that break it: ways in which this happens. */
  like: readonly string[];
  /** What it needs of the provider that the mock alone can do. */
  needsMock?: string;
}

/** The claims about any app that signs in by OpenID Connect, in the order of the table. */
export const claims: Readonly<Record<string, Claim>> = {
  refusal: {
    shows: 'without a session a call gets 401 or 403, and a POST is not redirected into a GET',
    prove: refusal,
    like: ['calls-led-to-sign-in'],
  },
  balanced: {
    shows: '40 calls over both pods with one session: none is refused',
    prove: (app) => crossPod(app).balancedCalls,
    like: ['memory-sessions'],
  },
  'cross-pod': {
    shows: 'a sign-in that begins on one pod ends on the other',
    prove: (app) => crossPod(app).signInAcrossPods,
    like: ['memory-sessions', 'per-pod-auth-session-secret'],
  },
  rollout: {
    shows: 'a rollout under traffic: nobody is signed out, no request or sign-in fails, open pages find their files',
    prove: rollout,
    like: ['memory-sessions', 'sessions-per-build', 'no-pre-stop', 'files-of-one-build-only'],
  },
  refresh: {
    shows: '20 calls at once when tokens expire, refresh tokens for single use, a late response: nobody is out',
    prove: (app) => refresh(app).parallel,
    needsMock: 'tokens that expire within seconds',
    like: ['refresh-lock-off', 'refresh-lock-per-pod', 'cookie-renewed-by-calls'],
  },
  outage: {
    shows: 'the token endpoint answers 503 for 5 s: nobody is out afterwards',
    prove: (app) => refresh(app).outage,
    needsMock: 'a token endpoint that fails when asked to',
    like: ['idp-outage-signs-out'],
  },
  'sign-out': {
    shows: "signing out ends this session on every pod and at the provider, and nobody else's",
    prove: signOut,
    like: ['logout-never-reaches-authentik', 'sign-out-ends-everybody'],
  },
  'back-channel': {
    shows: 'a logout token to one pod ends the session on the other',
    prove: backChannel,
    needsMock: 'a logout token when asked for one',
    like: ['no-back-channel'],
  },
  tabs: {
    shows: 'two tabs sign in side by side: both end signed in',
    prove: tabs,
    like: ['callback-ignores-session'],
  },
};
