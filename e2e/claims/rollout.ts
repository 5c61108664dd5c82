import { setTimeout as pause } from 'node:timers/promises';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import type { Person } from '../../fixtures/person.ts';
import { expect } from '../matchers/index.ts';
import { answerInRow, openSession, type ClaimFixtures } from './claim.ts';
import { twoPods } from './two-pods.ts';
import { pathOf, type WebApp, type WebAppDescription } from './web-app.ts';

/** Requests per second, each on a connection of its own. */
const rate = 20;
/** Sign-ins, while both releases serve. */
const atOnce = 3;
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
    const { name, calls, signIn, callback } = description;
    const [path] = calls;
    const { pods } = await openSession({ app, fleet, newPerson });
    const files = await filesOfPage(app, pods[0]);
    const url = app.origin + path;
    const traffic = steadyTraffic({ url, cookie: await app.cookieHeader(), rate, connection: 'close' });
    await traffic.more(rate);

    const isOver = new AbortController();
    const update = rollOut(fleet, description).finally(() => isOver.abort());
    const signIns = (async () => {
      while (!isOver.signal.aborted) {
        const ready = (await fleet.pods(name)).filter((each) => each.ready);
        // Of both releases: that lasts for a second or two.
        if (new Set(ready.map((each) => pods.includes(each.name))).size === 2)
          await Promise.all(
            Array.from({ length: atOnce }, async () => {
              await using profile = await newProfile();
              await tryAnother(app.inTab(await profile.newPage()), await newPerson());
            }),
          );
        else await pause(pollMs);
      }
    })();
    // Both end before the test does.
    const [updated, signedIn] = await Promise.allSettled([update, signIns]);
    if (updated.status === 'rejected') throw updated.reason;
    await traffic.more(rate);
    const answers = await traffic.stop();
    // The edge knows the pods.
    expect(await ledger.rows({ service: name, path: pathOf(path) })).toAllSucceed();
    expect(answers).toAllSucceed();
    if (signedIn.status === 'rejected') {
      const paths = new Set([pathOf(signIn), callback]);
      const row = (await ledger.rows({ service: name })).findLast(({ url: at }) => paths.has(new URL(at).pathname));
      const cause = signedIn.reason as Error;
      throw new Error(`${cause.message} The last of its sign-in: ${row ? answerInRow(row) : 'none'}.`, { cause });
    }
    expect((await app.call(path)).status(), `GET ${path} after the rollout`).toBe(200);
    for (const [file, before] of files)
      for (const now of await twoPods(fleet, name))
        expect(
          await answerTo(app, file, now),
          `GET ${file}, a file of a page opened before the rollout, is answered differently by ${now}`,
        ).toBe(before);
  };

/** Who signs in while two releases serve is known to both. */
async function tryAnother(app: WebApp, person: Person): Promise<void> {
  const [path] = app.description.calls;
  await app.startSession(person).catch((cause: Error) => {
    const what = /answered 429\b/.test(cause.message)
      ? 'unproven: the app limits sign-ins'
      : 'A sign-in during the rollout failed';
    throw new Error(`${what}. ${cause.message}`, { cause });
  });
  for (let call = 0; call < 4; call += 1) {
    const status = (await app.call(path)).status();
    if (status !== 200) throw new Error(`GET ${path} was answered ${status} after a sign-in during the rollout.`);
  }
}

const mostRedirects = 3;

/** The scripts and styles of the home page, as a pod serves them: their paths and how each is answered. */
async function filesOfPage(app: WebApp, pod: string): Promise<Map<string, string>> {
  let url = `${app.origin}/`;
  let html = '';
  // The page itself is not opened: it may lead elsewhere, or go on loading for ever.
  for (let redirects = 0; redirects <= mostRedirects && new URL(url).origin === app.origin; redirects += 1) {
    const { pathname, search } = new URL(url);
    const answer = await app.call(pathname + search, { pod, headers: { accept: 'text/html' } });
    const { location } = answer.headers();
    if (location === undefined) {
      html = await answer.text();
      break;
    }
    url = new URL(location, url).href;
  }
  const found = new Map<string, string>();
  for (const address of await app.page.evaluate(filesIn, html)) {
    const file = URL.parse(address, url);
    if (file?.origin !== app.origin) continue;
    const path = file.pathname + file.search;
    const answer = await answerTo(app, path, pod);
    if (answer.startsWith('200')) found.set(path, answer);
  }
  return found;
}

/** In the browser: the addresses of the scripts and styles that a document loads. */
function filesIn(html: string): string[] {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const loaded = 'script[src], link:is([rel~=stylesheet], [rel~=modulepreload], [rel~=preload])[href]';
  return [...page.querySelectorAll(loaded)].map((each) => each.getAttribute('src') ?? each.getAttribute('href') ?? '');
}

/** `200`, `404`, or `200 with a page`, which is none of a script or a style. */
async function answerTo(app: WebApp, path: string, pod: string): Promise<string> {
  const response = await app.call(path, { pod, headers: { accept: '*/*' } });
  const isPage = /^text\/html\b/.test(response.headers()['content-type'] ?? '');
  return `${response.status()}${isPage ? ' with a page' : ''}`;
}
