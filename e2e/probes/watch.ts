import { styleText } from 'node:util';
import { appNames, type AppName } from '../../apps/environment/apps.ts';
import { duration } from '../../fleet/duration.ts';
import type { SmokeClient } from './client.ts';
import { askEachSecond, tally, type ProbeAnswer } from './probes.ts';
import { streak } from './rules/settle.ts';

/**
 * Asks each second, and prints a line for each. Ends when every pod of all apps is on the expected revision, after
 * `seconds`, or when the signal aborts; then it prints what failed, from when to when.
 * @returns whether nothing failed, and the expected revision arrived if one is given.
 */
export async function watch(
  client: SmokeClient,
  { seconds, signal }: { seconds: number | undefined; signal: AbortSignal },
): Promise<boolean> {
  const { sha } = client.target;
  const answers = await askEachSecond(client, {
    seconds,
    signal,
    onRound: (round, all) => {
      console.log(roundLine(round, sha));
      return sha !== undefined && appNames.every((app) => hasArrived(all, app, sha));
    },
  });
  const { text, passed } = watchSummary(answers, sha);
  console.log(`\n${passed ? styleText('green', '✓') : styleText('red', '✗')} ${text}`);
  return passed;
}

const readyAnswers = (answers: readonly ProbeAnswer[], app: AppName): ProbeAnswer[] =>
  answers.filter(({ of, probe }) => of === app && probe === 'ready');

/** Whether the last answers of an app all come from the expected revision. */
export function hasArrived(answers: readonly ProbeAnswer[], app: AppName, sha: string): boolean {
  const last = readyAnswers(answers, app).slice(-streak);
  return last.length === streak && last.every(({ revision, problem }) => problem === undefined && revision === sha);
}

/** `  12.0 s  operator 1.4.0 x 3 + 1.3.0 x 1  portal 1.3.0 x 4 ✓  ok`. */
export function roundLine(round: readonly ProbeAnswer[], sha: string | undefined): string {
  const columns = appNames.map((app) => {
    const answers = readyAnswers(round, app);
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

export function watchSummary(
  answers: readonly ProbeAnswer[],
  sha: string | undefined,
): { text: string; passed: boolean } {
  const failed = answers.filter(({ problem }) => problem !== undefined);
  const late = sha === undefined ? [] : appNames.filter((app) => !hasArrived(answers, app, sha));
  const lines = [
    `${answers.length} answers; ${failed.length} failed.`,
    ...appNames.map(
      (app) =>
        `  ${app}: ${tally(readyAnswers(answers, app).filter(({ problem }) => problem === undefined)) || 'no answer'}`,
    ),
    ...[...Map.groupBy(failed, ({ problem }) => problem)].map(
      ([problem, its]) => `  ${its.length} x from ${duration(its[0]!.at)} to ${duration(its.at(-1)!.at)}: ${problem}`,
    ),
    ...late.map((app) => `  ${app} did not come to ${sha}: the last ${streak} answers are not all from it.`),
  ];
  return { text: lines.join('\n'), passed: answers.length > 0 && failed.length === 0 && late.length === 0 };
}
