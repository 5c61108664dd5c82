import type { AppName } from '../../apps/environment/apps.ts';
import type { PodIndex } from '../explore/model.ts';
import type { Outcome } from './outcome.ts';
import type { Disruption } from './disruptions.ts';

/** One request of the user's browser to an app. It contains nothing from the recording that could be a secret. */
export interface StoryRequest {
  /** Milliseconds since the first request of the recording. */
  at: number;
  /** Milliseconds until the response was complete. */
  ms: number;
  app: AppName;
  does: 'sign in' | 'sign out' | 'call' | 'open page';
  /** A path of an app in this repository: an unknown path of the recording is replaced by a known one of its kind. */
  path: string;
  /** Undefined: the response does not name it. */
  pod?: string;
  revision?: string;
  /** Whether the session cookie was sent. Undefined: the recording has no cookies. */
  hasCookie?: boolean;
  /** For a sign-in: Authentik required the password, so it had no session for the user. */
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
  /** The user is authorized in both apps, and can not only sign in to them. */
  hasRoles: boolean;
}
