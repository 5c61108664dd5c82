import { styleText } from 'node:util';
import { reasonNamed, sessionReasons } from '../../apps/environment/session-reasons.ts';
import type { sessionLinesIn, SessionLine } from '../../e2e/models/session-reports.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { inColumns } from '../command/output.ts';

/** What the app, its settings or its store must answer for, and no user: reasons, and outcomes of sign-ins. */
const isWrong = (name: string): boolean => {
  const reason = reasonNamed(name);
  return reason ? sessionReasons[reason].refusal === 'wrong' : ['unavailable', 'misconfigured'].includes(name);
};

const did = { 'session-end': 'ended', 'no-session': 'refused', 'sign-in': 'sign-in' } as const;
const podOf = ({ pod, app }: SessionLine): string => pod || app || '';
const timeOf = ({ time }: SessionLine): string => time.slice(11, 19);
const saidBy = ({ reason, outcome }: SessionLine): string => reason ?? outcome ?? '';

/**
 * What the logs of the apps say about sessions: a row for each event, reason and pod, the most first, and what each
 * reason means. @throws HarnessError for logs without such a line.
 */
export function logTable({ lines, unfit }: ReturnType<typeof sessionLinesIn>): { text: string; isWrong: boolean } {
  const leftOut =
    unfit > 0 ? [`Left out, because they are not as the apps write them: ${unfit} lines about sessions.`] : [];
  if (lines.length === 0) {
    throw new HarnessError(
      [
        'No line is of an app about a session. Give the whole log of operator and portal: kubectl logs has --tail=-1 for it.',
        ...leftOut,
      ].join(' '),
    );
  }
  const ordered = lines.toSorted((one, other) => one.time.localeCompare(other.time));
  const rows = [...Map.groupBy(ordered, (line) => [did[line.event], saidBy(line), podOf(line)].join(' '))]
    .map(([, its]) => ({ its, requests: its.reduce((sum, { count = 1 }) => sum + count, 0) }))
    .toSorted((one, other) => other.requests - one.requests)
    .map(({ its, requests }) => {
      const [first, last] = [its[0]!, its.at(-1)!];
      const sessions = new Set(its.flatMap(({ session }) => session ?? [])).size;
      return [
        did[first.event],
        saidBy(first),
        podOf(first),
        String(requests),
        String(sessions),
        timeOf(first),
        timeOf(last),
      ];
    });
  const said = [...new Set(ordered.map(saidBy))];
  const meanings = said.flatMap((name) => {
    const reason = reasonNamed(name);
    if (reason === undefined) return [];
    const { means, next } = sessionReasons[reason];
    return [`\n${styleText('bold', name)}: ${means}\n  ${next}`];
  });
  return {
    text: [
      ...inColumns([['what', 'reason', 'pod', 'requests', 'sessions', 'first', 'last (UTC)'], ...rows]),
      ...meanings,
      ...leftOut,
    ].join('\n'),
    isWrong: said.some(isWrong),
  };
}
