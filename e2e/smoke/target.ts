import type { AppName } from '../../apps/environment/apps.ts';
import { HarnessError } from '../../fleet/errors.ts';
import type { LiveAccess } from '../../fleet/engines/live/live.ts';

/** Target host of a request. */
export type Role = AppName | 'auth';

/** A deployed fleet, and what is expected of it. */
export interface Target extends LiveAccess {
  /** Origins, such as `https://operator.dezky.example`. */
  urls: Readonly<Record<Role, string>>;
  /** Revision that every pod must be on. Absent: any, but all on the same. */
  sha?: string;
  /** Pods of each app that must have answered. */
  pods: number;
  /** Answers in a row that must come from the expected revision. */
  streak: number;
  /** Milliseconds that the pods may take to come to the expected revision. */
  wait: number;
  /** Milliseconds that all checks together may take. */
  budget: number;
  /** Also send one request to Authentik's authorize endpoint. */
  authorize: boolean;
}

/** Seconds that all checks together may take; a fleet that is well needs about ten. */
export const defaultBudget = 120;

/** Who signs in; without one the checks that need a session are skipped. */
export interface Account {
  username: string;
  password: string;
}

/** Variables that carry the target and the account to the specs; the account never travels in an argument. */
export const variables = { target: 'SMOKE_TARGET', username: 'SMOKE_USERNAME', password: 'SMOKE_PASSWORD' } as const;

/** Headers may be a key to a gate in front; a shorter value is no secret and would hide half a report. */
const shortestSecret = 8;

/** What no report may show. */
export function secretsIn(env: NodeJS.ProcessEnv): string[] {
  const { headers = {} } = JSON.parse(env[variables.target] ?? '{}') as Partial<Target>;
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
