import { CheckFailed } from '../check.ts';

/** A sign-in of the test user that led to no session. */
export class FailedSignIn extends CheckFailed {
  /** Where it got no further. */
  readonly where: string;
  /** The pod that answered the callback; undefined: none did, or it is not named. */
  readonly pod: string | undefined;

  constructor(app: string, where: string, advice: string, pod: string | undefined) {
    super(`The test user did not get through the sign-in of ${app} (${where}): ${advice}.`);
    this.where = where;
    this.pod = pod;
  }
}

interface SignIns<Session> {
  app: string;
  /** The pods that serve. */
  pods: readonly string[];
  /** @throws FailedSignIn */
  signIn: () => Promise<{ session: Session; pod: string | undefined; isLate: boolean }>;
  /** Called before a sign-in when the last one ended at a pod again: a balancer that takes turns would repeat that. */
  nudge: () => Promise<unknown>;
}

/** More would try the patience of Authentik, too. */
const mostSignIns = 6;
/** Milliseconds after which no other sign-in begins. */
const patience = 10_000;

/**
 * Signs in until each pod has answered a callback, because one alone may have another secret, clock or way to Authentik.
 * @param sessions gets those that begin, also when this fails.
 * @throws FailedSignIn when no pod completes a sign-in, CheckFailed that names the pods which do not.
 */
export async function signInAtEach<Session>(
  { app, pods, signIn, nudge }: SignIns<Session>,
  sessions: Session[],
): Promise<void> {
  const end = performance.now() + patience;
  const answered = new Set<string>();
  const tried = new Set<string>();
  const well = new Set<string>();
  // A pod may be late once, as after a start.
  const lateOnce = new Set<string | undefined>();
  const failed: FailedSignIn[] = [];
  for (let count = 1; count <= mostSignIns && performance.now() < end; count += 1) {
    let last: string | undefined;
    let again = false;
    try {
      const { session, pod, isLate } = await signIn();
      sessions.push(session);
      last = pod;
      if (pod !== undefined) well.add(pod);
      again = isLate && !lateOnce.has(pod);
      if (again) lateOnce.add(pod);
    } catch (error) {
      if (!(error instanceof FailedSignIn)) throw error;
      failed.push(error);
      last = error.pod;
    }
    if (last === undefined) {
      // A password that is refused must not be tried again.
      if (again) continue;
      break;
    }
    if (!again) tried.add(last);
    if (pods.every((pod) => tried.has(pod))) break;
    if (answered.has(last)) await nudge();
    answered.add(last);
  }
  const [first] = failed;
  if (!first) return;
  const bad = new Set(failed.flatMap(({ pod }) => (pod === undefined || well.has(pod) ? [] : [pod])));
  if (well.size === 0 || bad.size === 0) throw first;
  const its = [...bad].join(' and ');
  throw new CheckFailed(
    `Sign-ins to ${app} end well at ${[...well].join(' and ')}, and not at ${its} (${first.where}): ` +
      `compare its environment, its clock and its way to Authentik with those of the others, and look at the log of ${its}.`,
  );
}
