import { appNames, type AppName } from '../../apps/environment/apps.ts';
import { HarnessError } from '../../fleet/errors.ts';
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

/** The test user; without one, the checks that need a session are skipped. */
export interface Account {
  username: string;
  password: string;
}

/** Variables with the account, which is never passed as an argument. */
export const variables = { username: 'SMOKE_USERNAME', password: 'SMOKE_PASSWORD' } as const;

/** Headers may hold a key for a gateway. A shorter value is no secret, and hiding it would remove much of a report. */
const shortestSecret = 8;

/** Values that no report may contain. */
export function secretsOf({ headers = {} }: Pick<SmokeTarget, 'headers'>, env: NodeJS.ProcessEnv): string[] {
  return [
    ...[env[variables.username], env[variables.password]].filter((value) => value !== undefined),
    ...Object.values(headers).filter((value) => value.length >= shortestSecret),
  ];
}

export function accountIn(env: NodeJS.ProcessEnv): Account | undefined {
  const { [variables.username]: username, [variables.password]: password } = env;
  if (!username && !password) return undefined;
  if (username && password) return { username, password };
  const missing = username ? variables.password : variables.username;
  throw new HarnessError(
    `${missing} is not set. Set both ${variables.username} and ${variables.password}, or neither.`,
  );
}
