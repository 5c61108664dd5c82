import { HarnessError } from '../../fleet/errors.ts';
import { quoted } from '../../fleet/quoted.ts';
import { causeSeen } from './cause-seen.ts';
import { dezkyIn, isOfDezky } from './dezky.ts';
import type { BrowserExchange } from './exchange.ts';
import { partiesIn } from './found-parties.ts';
import { wordsOf } from './words.ts';
import { isSignedIn } from './outcome.ts';
import type { Parties, Site } from './parties.ts';
import { storyOf, type Story } from './story.ts';
import type { Verdict } from './verdict.ts';

/** Why the session of a recording ended, as far as the recording itself shows it. */
export interface Explanation {
  story: Story;
  /** What was found out about the apps. */
  about: string[];
  verdict: Verdict;
  /** The command that reproduces it. */
  command: string;
}

/** @throws HarnessError with a sentence, when no app is in it or no request needs a session. */
export function explain(
  exchanges: readonly BrowserExchange[],
  { map = [], file = 'file.har' }: { map?: readonly string[]; file?: string } = {},
): Explanation {
  const story = withRequests(storyOf(exchanges, partiesOf(exchanges, map)));
  return {
    story,
    about: story.sites.flatMap((site) => aboutSite(story, site)),
    verdict: causeSeen(story),
    command: commandFor(story, { map, file }),
  };
}

/** @throws HarnessError when there is nothing to explain. */
export function withRequests<Its extends Story>(story: Its): Its {
  if (story.requests.length > 0 || story.failedSignIn) return story;
  const { length } = story.unanswered;
  throw new HarnessError(
    length > 0
      ? `Its ${length} requests that need a session got no answer. Look at the pods: npm run diagnose`
      : 'No request of it needs a session: no page, no API call, no sign-in or sign-out. Record from the sign-in on: docs/repro.md',
  );
}

/** Of the described apps when the recording has something that only they have, otherwise what it shows itself. */
function partiesOf(exchanges: readonly BrowserExchange[], map: readonly string[]): Parties {
  const described = (): Parties => dezkyIn(exchanges, map);
  const found = (): Parties => partiesIn(exchanges);
  if (map.length > 0) return described();
  const [first, second] = exchanges.some(isOfDezky) ? [described, found] : [found, described];
  try {
    return first();
  } catch (error) {
    try {
      return second();
    } catch {
      throw error;
    }
  }
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function aboutSite({ requests, provider }: Story, { name, cookies, podHeader, hosts, routes }: Site): string[] {
  const its = requests.filter(({ app }) => app === name);
  if (its.length === 0) return [];
  const signIns = its.filter(({ outcome }) => isSignedIn(outcome)).length;
  const at = [...hosts].filter((host) => host !== name).join(' and ');
  return [
    `${name}${at ? ` (${at})` : ''}: ${counted(its.length, 'request')}, ${counted(signIns, 'sign-in')}${provider.host ? ` at ${provider.host}` : ''}.`,
    cookies
      ? `Its session is ${routes ? 'in' : 'probably in'} the cookie ${cookies.join(' and ')}.`
      : 'The recording does not show which cookie holds its session: it has no cookies, or none that the sign-in sets.',
    ...(podHeader && its.some(({ pod }) => pod)
      ? []
      : ['No header names the pods, so that it does not show whether they differ: let the app send x-served-by.']),
  ];
}

/** A replay of the recording on a fleet, or of any app the check with its paths. */
function commandFor({ sites, requests }: Story, { map, file }: { map: readonly string[]; file: string }): string {
  const site = sites.find(({ name }) => requests.some(({ app }) => app === name));
  if (site?.routes)
    return ['npm run repro -- --har', quoted(file), ...map.map((each) => `--map ${quoted(each)}`)].join(' ');
  const start = site?.starts.find((each) => typeof each === 'string');
  const guarded = requests.find(
    ({ app, does, isGuarded, method }) => app === site?.name && does === 'call' && isGuarded && !method,
  );
  const options = [
    ['--sign-in', start && wordsOf(start)],
    ['--protected', guarded?.path],
    ['--sign-out', site?.signOuts[0] && site.signOuts[0].split(' ').map(wordsOf).join(' ')],
    ['--cookie', site?.cookies?.[0]],
  ] as const;
  return [
    "npx @dezky/session-check --start 'npm start'",
    ...options.flatMap(([option, value]) => (value ? [`${option} ${quoted(value)}`] : [])),
  ].join(' ');
}
