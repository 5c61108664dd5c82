import { setTimeout as pause } from 'node:timers/promises';
import { isUnder } from '../../fleet/edge/routing.ts';
import type { LedgerRow } from '../../fleet/edge/row.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import type { Person } from '../../fixtures/person.ts';
import { expect } from '../matchers/index.ts';
import { answerInRow, openSession, type ClaimFixtures } from './claim.ts';
import { answerTo, filesOfPage } from './files-of-page.ts';
import { readyPods, twoPods } from './two-pods.ts';
import { pathOf, type WebApp, type WebAppDescription } from './web-app.ts';

/** Requests per second, each on a connection of its own. */
const rate = 20;
/** Sign-ins while both releases serve. */
const attempts = 4;
const pollMs = 100;

/** To the next release, or a restart. */
export const rollOut = (fleet: Fleet, { name, nextEnv }: Pick<WebAppDescription, 'name' | 'nextEnv'>): Promise<void> =>
  fleet.rollout(name, nextEnv && { env: { ...nextEnv } });

/**
 * A rolling update, or a restart, under the traffic of a signed-in user: nobody is signed out, no request and no sign-in
 * fails, and a page that was opened before finds its files.
 */
export const rollout =
  (description: WebAppDescription) =>
  async ({ app, fleet, ledger, newPerson, newProfile, steadyTraffic }: ClaimFixtures) => {
    const { name, calls } = description;
    const [path] = calls;
    const { pods } = await openSession({ app, fleet, newPerson });
    const files = await filesOfPage(app, pods[0]);
    const url = app.origin + path;
    const traffic = steadyTraffic({ url, cookie: await app.cookieHeader(), rate, connection: 'close' });
    await traffic.more(rate);

    const others = await Promise.all(Array.from({ length: attempts }, () => visitor({ app, newPerson, newProfile })));
    const isOver = new AbortController();
    const update = rollOut(fleet, description).finally(() => isOver.abort());
    const tried = signInsOf(others, { fleet, ledger, pods, signal: isOver.signal });
    // Both end before the test does.
    const [updated, signedIn] = await Promise.allSettled([update, tried]);
    if (updated.status === 'rejected') throw updated.reason;
    await traffic.more(rate);
    const answers = await traffic.stop();
    // The edge knows the pods.
    const rows = await ledger.rows({ service: name, path: pathOf(path) });
    const isOfTraffic = (row: LedgerRow) => !row.pinned && new URL(row.url).pathname === pathOf(path);
    expect(rows.filter(isOfTraffic)).toAllSucceed();
    expect(answers).toAllSucceed();
    if (signedIn.status === 'rejected') throw signedIn.reason;
    expect((await app.call(path)).status(), `GET ${path} after the rollout`).toBe(200);
    for (const [file, before] of files)
      for (const now of await twoPods(fleet, name))
        expect(
          await answerTo(app, file, now),
          `GET ${file}, a file of a page opened before the rollout, is answered differently by ${now}`,
        ).toBe(before);
  };

type Visitor = Readonly<{ app: WebApp; person: Person }>;

async function visitor({ app, newPerson, newProfile }: Pick<ClaimFixtures, 'app' | 'newPerson' | 'newProfile'>) {
  const profile = await newProfile();
  return { app: app.inTab(await profile.newPage()), person: await newPerson() };
}

/** One after the other, while a pod of each release is Ready: that lasts for a second or two. */
async function signInsOf(
  visitors: readonly Visitor[],
  {
    fleet,
    ledger,
    pods: old,
    signal,
  }: Pick<ClaimFixtures, 'fleet' | 'ledger'> & { pods: string[]; signal: AbortSignal },
): Promise<void> {
  const [{ app }] = visitors as [Visitor];
  const { name, nextEnv, signIn, callback } = app.description;
  const left = [...visitors];
  let ended = 0;
  const oneOfEach = async () => {
    const ready = await readyPods(fleet, name);
    const ofOld = ready.find((pod) => old.includes(pod));
    const ofNew = ready.find((pod) => !old.includes(pod));
    return ofOld && ofNew ? ([ofOld, ofNew] as const) : undefined;
  };
  while (!signal.aborted && left.length > 0) {
    const both = await oneOfEach();
    if (!both) {
      await pause(pollMs);
      continue;
    }
    try {
      await signInAcross(left.pop()!, left.length % 2 ? both : both.toReversed());
      ended += 1;
    } catch (thrown) {
      const ready = await oneOfEach();
      // A pod that ends meanwhile says nothing.
      if (ready?.join() !== both.join()) continue;
      const paths = new Set([pathOf(signIn), callback]);
      const row = (await ledger.rows({ service: name })).findLast(({ url }) => paths.has(new URL(url).pathname));
      const last = row ? answerInRow(row) : 'none';
      throw new Error(`${(thrown as Error).message} The last of its sign-in: ${last}.`, { cause: thrown });
    } finally {
      await app.pinTo();
    }
  }
  if (nextEnv && ended === 0) throw new Error('unproven: no sign-in ended while pods of both releases were Ready');
}

/** A sign-in that begins at one release and ends at the other is known to both. */
async function signInAcross({ app, person }: Visitor, [from, to]: readonly string[]): Promise<void> {
  const { signIn, callback, calls } = app.description;
  const [path] = calls;
  // A pin of a path would hold for the traffic to addresses below it, too.
  const pinTo = async (begin: string, pod: string) => {
    if (!isUnder(pathOf(path), begin)) await app.pinPaths([[begin, pod]]);
  };
  await pinTo(pathOf(signIn), from!);
  await app
    .startSession(person, () => pinTo(callback, to!))
    .catch((cause: Error) => {
      const what = /answered 429\b/.test(cause.message)
        ? 'unproven: the app limits sign-ins'
        : 'A sign-in during the rollout failed';
      throw new Error(`${what}. ${cause.message}`, { cause });
    });
  for (const pod of [from, to]) {
    const status = (await app.call(path, { pod: pod! })).status();
    if (status !== 200)
      throw new Error(`GET ${path} was answered ${status} by ${pod} after a sign-in during the rollout.`);
  }
}
