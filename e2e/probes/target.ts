import { appNames, type AppName } from '../../apps/environment/apps.ts';
import type { LiveAccess } from '../../fleet/engines/live/live.ts';

/** Identifies this client in access logs. */
export const userAgent = 'dezky-smoke/1 (read-only checks; npm run smoke)';

export type HostRole = AppName | 'auth';

export interface SmokeTarget extends LiveAccess {
  /** Origins, such as `https://operator.dezky.example`. */
  urls: Readonly<Record<HostRole, string>>;
  /** Revision that every pod must be on. Absent: any, but all on the same. */
  sha?: string;
  /** Number of pods of each app that must have responded. */
  pods: number;
  /** Milliseconds that the pods may take to reach the expected revision. */
  wait: number;
  /** Milliseconds that all checks together may take. */
  budget: number;
  /** Also send one request to Authentik's authorize endpoint. */
  authorize: boolean;
}

/** Milliseconds that all checks together may take; a healthy fleet needs about ten seconds. */
export const budgetWith = (wait: number): number => 120_000 + appNames.length * wait;
