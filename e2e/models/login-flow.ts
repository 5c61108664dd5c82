import type { Person } from '../../fixtures/people.ts';

/** The part of a response of Authentik's flow executor that a sign-in reads. */
export interface Challenge {
  component: string;
  /** Of `xak-flow-redirect`. */
  to?: string;
}

/** Asks the executor for the stage, or answers it. Follows the executor's redirects to itself. */
type Execute = (executor: string, answer?: Readonly<Record<string, string>>) => Promise<Challenge>;

/**
 * Passes the login flow by its executor, as Authentik's own page does: identification, then password (Authentik,
 * flows/views/executor.py). @returns the address that the flow leads to. Throws an Error with the stage where it ends.
 */
export async function passLoginFlow(
  loginPage: string,
  { username, password }: Pick<Person, 'username' | 'password'>,
  execute: Execute,
): Promise<string> {
  const { origin, pathname, search } = new URL(loginPage);
  const slug = /^\/if\/flow\/([^/]+)\/$/.exec(pathname)?.[1] ?? '';
  const executor = `${origin}/api/v3/flows/executor/${slug}/?query=${encodeURIComponent(search.slice(1))}`;
  await execute(executor);
  await execute(executor, { component: 'ak-stage-identification', uid_field: username });
  const { component, to } = await execute(executor, { component: 'ak-stage-password', password });
  if (component === 'xak-flow-redirect' && to !== undefined) return new URL(to, loginPage).href;
  throw new Error(`The login flow of Authentik got no further than ${component}.`);
}
