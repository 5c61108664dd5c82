import type { LiveAccess } from '../../fleet/engines/live/live.ts';
import { HarnessError } from '../../fleet/errors.ts';

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
export function secretsOf({ headers = {} }: Pick<LiveAccess, 'headers'>, env: NodeJS.ProcessEnv): string[] {
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
