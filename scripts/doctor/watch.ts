import { styleText } from 'node:util';
import { appNames, type AppName } from '../../apps/environment/apps.ts';
import type { AnyAppContext } from '../../e2e/probes/any-app/checks.ts';
import { roundOf } from '../../e2e/probes/any-app/round.ts';
import { signedIn } from '../../e2e/probes/checks/test-user.ts';
import type { SmokeClient } from '../../e2e/probes/client.ts';
import {
  answerTo,
  askEachSecond,
  askOnce,
  tally,
  type AskRound,
  type ProbeAnswer,
  type SessionCookies,
} from '../../e2e/probes/probes.ts';
import { streak } from '../../e2e/probes/settle.ts';
import type { Account } from '../../e2e/probes/account.ts';
import { duration } from '../../fleet/duration.ts';

/** What is watched. */
interface Watched {
  /** The names of its apps. */
  apps: readonly string[];
  /** The revision that every pod is to come to. */
  sha: string | undefined;
  askRound: AskRound;
}

interface WatchOptions {
  seconds: number | undefined;
  /** Wrong answers that end it. */
  maxFailures: number | undefined;
  /** One JSON document on standard output, and the lines on standard error. */
  json: boolean;
  signal: AbortSignal;
}

/**
 * Asks each second, and prints a line for each. Ends when every pod of all apps is on the expected revision, after
 * `maxFailures` wrong answers or `seconds`, or when the signal aborts; then it prints what failed, from when to when.
 * @returns whether nothing failed, and the expected revision arrived if one is given.
 */
export async function watch(
  { askRound, ...watched }: Watched,
  { seconds, maxFailures = Infinity, json, signal }: WatchOptions,
): Promise<boolean> {
  const { apps, sha } = watched;
  const print = json ? console.error : console.log;
  const answers = await askEachSecond(askRound, {
    seconds,
    signal,
    onRound: (round, all) => {
      print(roundLine(round, watched));
      return (
        all.filter(({ problem }) => problem !== undefined).length >= maxFailures ||
        (sha !== undefined && apps.every((app) => hasArrived(all, app, sha)))
      );
    },
  });
  const { text, ...result } = watchResult(answers, watched);
  print(`\n${result.passed ? styleText('green', '✓') : styleText('red', '✗')} ${text}`);
  if (json) console.log(JSON.stringify(result));
  return result.passed;
}

/** Operator and portal; with an account also with sessions of it, which nobody ends: the probes need them until the end. */
export async function watchedFleet(client: SmokeClient, account: Account | undefined): Promise<Watched> {
  const { sessions, failed } = await signedInToAll(client, account);
  // Once, as an answer of the first round.
  const first = [...failed];
  const askRound: AskRound = async (at) => [...first.splice(0), ...(await askOnce(client, sessions, at))];
  return { apps: appNames, sha: client.target.sha, askRound };
}

/** Sessions of a test user, if there is one, and an answer for each sign-in that failed. */
export async function signedInToAll(
  { target }: SmokeClient,
  account: Account | undefined,
): Promise<{ sessions: SessionCookies; failed: ProbeAnswer[] }> {
  const sessions: SessionCookies = {};
  if (!account) return { sessions, failed: [] };
  const signIn = (app: AppName) =>
    answerTo({ at: 0, of: app, probe: 'session' }, async () => {
      sessions[app] = (await signedIn(target, app, account)).cookieOf(target.urls[app]);
      return { status: 200 };
    });
  const answers = await Promise.all(appNames.map(signIn));
  return { sessions, failed: answers.filter(({ problem }) => problem !== undefined) };
}

/** An app that somebody names. */
export function watchedApp(context: AnyAppContext): Watched {
  const { host } = new URL(context.app.url);
  return { apps: [host], sha: undefined, askRound: roundOf(context, host) };
}

/** Those of an app about itself; of an app without such a path all of its answers. */
function ownAnswers(answers: readonly ProbeAnswer[], app: string): ProbeAnswer[] {
  const its = answers.filter(({ of }) => of === app);
  const ready = its.filter(({ probe }) => probe === 'ready');
  return ready.length > 0 ? ready : its;
}

/** Whether the last answers of an app all come from the expected revision. */
export function hasArrived(answers: readonly ProbeAnswer[], app: string, sha: string): boolean {
  const last = ownAnswers(answers, app).slice(-streak);
  return last.length === streak && last.every(({ revision, problem }) => problem === undefined && revision === sha);
}

/** `  12.0 s  operator 1.4.0 x 3 + 1.3.0 x 1  portal 1.3.0 x 4 ✓  ok`. */
export function roundLine(round: readonly ProbeAnswer[], { apps, sha }: Pick<Watched, 'apps' | 'sha'>): string {
  const columns = apps.map((app) => {
    const answers = ownAnswers(round, app);
    const well = answers.filter(({ problem }) => problem === undefined);
    const counts = Map.groupBy(well, ({ revision }) => revision || 'unnamed');
    const revisions = [...counts].map(([revision, its]) => `${revision} x ${its.length}`).join(' + ') || 'no answer';
    const isNew = sha !== undefined && answers.every(({ revision }) => revision === sha);
    return `${app} ${revisions}${isNew ? ' ✓' : ''}`.padEnd(34);
  });
  const problems = round.flatMap(({ problem }) => problem ?? []);
  const [first, ...others] = new Set(problems);
  const more = others.length > 0 ? ` (and ${others.length} others)` : '';
  const state = first === undefined ? 'ok' : `${problems.length} failed: ${first}${more}`;
  return [duration(round[0]?.at ?? 0).padStart(10), ...columns, state].join('  ');
}

/** The problem of an answer, with the pod and the reason that it gave. */
const saidOf = ({ problem = '', pod, reason }: ProbeAnswer): string =>
  [problem, pod && `By ${pod}${reason ? `: ${reason}` : ''}.`].filter(Boolean).join(' ');

/** What a gate reads: the verdict, and each kind of wrong answer with the pod and the reason that it gave; and a text of it. */
export function watchResult(answers: readonly ProbeAnswer[], { apps, sha }: Pick<Watched, 'apps' | 'sha'>) {
  const failed = answers.filter(({ problem }) => problem !== undefined);
  const late = sha === undefined ? [] : apps.filter((app) => !hasArrived(answers, app, sha));
  const kinds = [...Map.groupBy(failed, saidOf)].map(([said, its]) => ({
    said,
    its,
    first: its[0]!,
    last: its.at(-1)!,
  }));
  const wellOf = (app: string) => ownAnswers(answers, app).filter(({ problem }) => problem === undefined);
  return {
    passed: answers.length > 0 && failed.length === 0 && late.length === 0,
    answers: answers.length,
    failures: kinds.map(({ its, first: { at, of, pod, revision, reason, problem }, last }) => {
      const [firstSecond, lastSecond] = [at, last.at].map((each) => Math.round(each) / 1_000);
      return { of, problem, pod, revision, reason, count: its.length, firstSecond, lastSecond };
    }),
    text: [
      `${answers.length} answers; ${failed.length} failed.`,
      ...apps.map((app) => `  ${app}: ${tally(wellOf(app)) || 'no answer'}`),
      ...kinds.map(
        ({ said, its, first, last }) => `  ${its.length} x from ${duration(first.at)} to ${duration(last.at)}: ${said}`,
      ),
      ...late.map((app) => `  ${app} did not come to ${sha}: the last ${streak} answers are not all from it.`),
    ].join('\n'),
  };
}
