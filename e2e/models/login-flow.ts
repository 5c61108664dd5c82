import type { Person } from '../../fixtures/people.ts';

/** The part of a response of Authentik's flow executor that a sign-in reads. */
export interface Challenge {
  component: string;
  /** Of `xak-flow-redirect`. */
  to?: string;
  /** Of `ak-stage-identification`: the form also has the password field. */
  password_fields?: boolean;
  /** The errors of the last response, by field. */
  response_errors?: Readonly<Record<string, ReadonlyArray<{ string: string }>>>;
}

type Answer = Readonly<Record<string, string>>;

/** Fetches the challenge from the executor, or responds to it. Follows the executor's redirects to itself. */
type Execute = (executor: string, answer?: Answer) => Promise<Challenge>;

type Credentials = Pick<Person, 'username' | 'password'>;

/** A user's response to each stage. */
const answers: Readonly<Record<string, (person: Credentials, challenge: Challenge) => Answer>> = {
  'ak-stage-identification': ({ username, password }, { password_fields: withPassword }) => ({
    uid_field: username,
    ...(withPassword && { password }),
  }),
  'ak-stage-password': ({ password }) => ({ password }),
};

/**
 * Completes the login flow of a page by its executor, as Authentik's own page does (Authentik,
 * flows/views/executor.py): it responds to each challenge. @returns the URL that the flow redirects to. Throws an Error
 * with the stage where it ends.
 */
export async function passLoginFlow(loginPage: string, person: Credentials, execute: Execute): Promise<string> {
  const { origin, pathname, search } = new URL(loginPage);
  const slug = /^\/if\/flow\/([^/]+)\/$/.exec(pathname)?.[1] ?? '';
  const executor = `${origin}/api/v3/flows/executor/${slug}/?query=${encodeURIComponent(search.slice(1))}`;
  let challenge = await execute(executor);
  const passed = new Set<string>();
  while (challenge.component !== 'xak-flow-redirect') {
    const { component } = challenge;
    const answer = answers[component];
    // A stage that appears again has refused the response.
    if (!answer || passed.has(component)) throw stuck(challenge);
    passed.add(component);
    challenge = await execute(executor, { component, ...answer(person, challenge) });
  }
  if (challenge.to !== undefined) return new URL(challenge.to, loginPage).href;
  throw stuck(challenge);
}

function stuck({ component, response_errors: errors = {} }: Challenge): Error {
  const reasons = Object.values(errors).flatMap((each) => each.map(({ string }) => string));
  return new Error(`The login flow of Authentik got no further than ${[component, ...reasons].join(': ')}.`);
}
