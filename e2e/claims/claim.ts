import { test, type BrowserContext } from '@playwright/test';
import type { AuthentikControl } from '../../fixtures/authentik/control/client.ts';
import type { ProviderChange } from '../../fixtures/authentik/settings/provider.ts';
import type { LedgerRow } from '../../fleet/edge/row.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import type { Person } from '../../fixtures/person.ts';
import { expect } from '../matchers/index.ts';
import { notApplicable } from '../not-applicable.ts';
import { twoPods } from './two-pods.ts';
import type { RunningTraffic, TrafficOptions } from './traffic.ts';
import type { WebApp } from './web-app.ts';

/** What claims about any app are tried with: fixtures of a test. */
export interface ClaimFixtures {
  app: WebApp;
  fleet: Fleet;
  /** The test's requests, by Service and the beginning of their path. */
  ledger: { rows(filter: { service: string; path?: string }): Promise<LedgerRow[]> };
  newPerson: () => Promise<Person>;
  newProfile: () => Promise<BrowserContext>;
  steadyTraffic: (options: TrafficOptions) => RunningTraffic;
  authentik: AuthentikControl;
  providerSettings: (slug: string, settings: ProviderChange) => Promise<void>;
}

/** Whether a failed claim could not be tried: its error says so, after the words of the matcher. */
export const isUnproven = (message: string): boolean => /\bunproven:/.test(message);

/** Ends a test as skipped. @throws what the runner knows as a skip. */
export function doesNotApply(why: string): void {
  test.info().annotations.push({ type: notApplicable, description: why });
  test.skip(true, why);
}

export const unprovenBy = (why: string, cause?: Error): Error =>
  new Error(`unproven: nobody can sign in. ${why}`, { cause });

/** Fails as *unproven* when a sign-in on one pod was seen not to work: no claim that needs a session can then be tried. */
export function expectSignInWorks({ description: { noSignIn } }: WebApp): void {
  if (noSignIn) throw unprovenBy(noSignIn);
}

type SignedIn = Pick<ClaimFixtures, 'app' | 'fleet' | 'newPerson'>;

/** Signs a new user in on one pod; then calls are balanced. Fails as *unproven* when nobody can sign in. */
export async function signInOnOnePod(
  { app, fleet, newPerson }: SignedIn,
  signIn: (person: Person) => Promise<unknown> = (person) => app.startSession(person),
) {
  expectSignInWorks(app);
  const pods = await twoPods(fleet, app.description.name);
  const person = await newPerson();
  await app.pinTo(pods[0]);
  await signIn(person).catch((cause: Error) => {
    throw unprovenBy(cause.message, cause);
  });
  await app.pinTo();
  return { person, pods };
}

/**
 * {@link signInOnOnePod}, for a claim that is not about several pods. Fails as *unproven* when the session is not open on
 * both: other claims are about that.
 */
export async function openSession({ app, fleet, newPerson }: SignedIn, signIn?: (person: Person) => Promise<unknown>) {
  const { person, pods } = await signInOnOnePod({ app, fleet, newPerson }, signIn);
  for (const pod of pods) {
    const [path] = app.description.calls;
    const status = (await app.call(path, { pod })).status();
    const seen = `GET ${path} was answered ${status}`;
    expect(status === 200, `unproven: the session of a sign-in on ${pods[0]} is not open on ${pod}: ${seen}`).toBe(
      true,
    );
  }
  return { person, pods };
}

/** `GET /callback was answered 400 by shop-b` */
export const answerInRow = ({ method, url, status, pod }: LedgerRow): string =>
  `${method} ${new URL(url).pathname} was answered ${status} by ${pod}`;

/** A sign-in has ended. Fails with what the app answered last. */
export async function expectEndsSignedIn(app: WebApp, ledger: ClaimFixtures['ledger']): Promise<void> {
  await app.expectSignedIn().catch(async (cause: Error) => {
    const row = (await ledger.rows({ service: app.description.name })).at(-1);
    // The query of a callback says nothing to a person.
    const [first = '', ...more] = cause.message.replaceAll(/\?[^"\s]*\bstate=[^"\s]*/g, '').split('\n');
    const last = row && `: ${answerInRow(row)}`;
    throw new Error([`${first.replace(/^Error: /, '')}${last ?? ''}`, ...more].join('\n'), { cause });
  });
}

/** A cookie that was a session opens nothing on any of these pods. */
export async function expectRefused(app: WebApp, cookie: string, pods: readonly string[]): Promise<void> {
  for (const pod of pods) {
    for (const path of app.description.calls) {
      const status = (await app.call(path, { pod, headers: { cookie } })).status();
      // An error is no refusal.
      expect(
        status >= 300 && status < 500,
        `GET ${path} with the old cookie is not refused: ${pod} answered ${status}`,
      ).toBe(true);
    }
  }
}
