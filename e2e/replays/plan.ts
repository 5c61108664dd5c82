import type { AppName } from '../../apps/environment/apps.ts';
import type { PodIndex } from '../explore/model.ts';
import type { Outcome } from './outcome.ts';
import type { Disruption } from './disruptions.ts';

/** One thing that the person's browser did at an app. It has nothing of the recording that could be a secret. */
export interface StoryRequest {
  /** Milliseconds since the first request of the recording. */
  at: number;
  /** Milliseconds until the answer was complete. */
  ms: number;
  app: AppName;
  does: 'sign in' | 'sign out' | 'call' | 'open page';
  /** A path of an app in this repository: an unknown one of the recording becomes a known one of its kind. */
  path: string;
  /** Undefined: the answer does not name it. */
  pod?: string;
  revision?: string;
  /** Whether the session cookie was sent. Undefined: the recording has no cookies. */
  hasCookie?: boolean;
  /** Of a sign-in: Authentik asked who it is, so it had no session of its own. */
  asked?: true;
  outcome: Outcome;
}

/** Something that happens to the fleet or the session between two requests. */
export type FleetEvent =
  | { do: 'time passes'; seconds: number }
  | { do: 'roll out'; app: AppName; isRelease: boolean }
  | { do: 'sign out on another device'; app: AppName }
  | { do: 'expiry at Authentik'; app: AppName }
  /** @see disruptionSentences */
  | { do: 'disruption begins'; of: Disruption; app: AppName; pod: PodIndex }
  | { do: 'disruption ends'; of: Disruption };

export type PlanStep = FleetEvent | { do: 'request'; index: number; request: StoryRequest; pod: PodIndex | undefined };

/** What is played on a fleet. */
export interface Plan {
  steps: readonly PlanStep[];
  /** The person may use both apps, and not only sign in to them. */
  hasRoles: boolean;
}
