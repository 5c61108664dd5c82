import { styleText } from 'node:util';
import { exitCodes, HarnessError } from '../../fleet/errors.ts';
import { oneLine } from '../../fleet/one-line.ts';
import { explain } from './explain.ts';
import { readRecording } from './read-recording.ts';
import type { Story } from './story.ts';
import { firstWrongIn, noPod, timelineOf } from './timeline.ts';
import type { Verdict } from './verdict.ts';

export interface ExplainOptions {
  /** Which host is which app, as `host=app`. */
  map?: readonly string[];
  /** As the user wrote it, for the command that reproduces it. */
  name?: string;
}

/** What a file of a browser shows, as text for a terminal. Exit code 1, because no recording proves a cause; 2: unusable. */
export function explainFile(
  path: string,
  { map = [], name = path }: ExplainOptions = {},
): { text: string; exitCode: number } {
  try {
    const { exchanges, leftOut } = readRecording(path);
    const { story, about, verdict, command } = explain(exchanges, { map, file: name });
    const text = [
      [...about, ...(leftOut ? [leftOut] : [])].map(oneLine).join('\n'),
      describeTimeline(story),
      firstWrongIn(story).map(oneLine).join('\n'),
      describeVerdict(verdict),
      oneLine(`Again: ${command}`),
    ].join('\n\n');
    return { text, exitCode: exitCodes.productFailed };
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return { text: oneLine(error.message), exitCode: exitCodes.harnessFailed };
  }
}

/** The last part of a pod's name, which differs between the pods of a ReplicaSet. */
const shortName = (pod: string): string =>
  pod === noPod || !pod.includes('-') ? pod : `…${pod.slice(pod.lastIndexOf('-'))}`;

/** A line per request, with the response in the column of the pod that gave it. */
export function describeTimeline(story: Story): string {
  const { total, pods, rows } = timelineOf(story);
  const width = Math.max(...pods.map((pod) => shortName(pod).length), ...rows.map(({ answer }) => answer.length));
  const line = (...[number, at, what, cells]: [string, string, string, string[]]): string =>
    oneLine(
      [number.padStart(5), at.padStart(12), what.padEnd(50), ...cells.map((cell) => cell.padEnd(width))]
        .join('  ')
        .trimEnd(),
    );
  return [
    line('', 'after', `request (${total} in all)`, pods.map(shortName)),
    ...rows.map(({ number, after, what, pod, answer, kind }) => {
      const row = line(number, after, what, pod === undefined ? [] : pods.map((_, at) => (at === pod ? answer : '')));
      return kind === 'wrong' ? styleText('red', row) : row;
    }),
  ].join('\n');
}

/** Sentences a line each, the first of them in bold. */
export const describeVerdict = ({
  sentences: [first = '', ...seen],
  next,
}: Pick<Verdict, 'sentences' | 'next'>): string =>
  [styleText('bold', oneLine(first)), ...[...seen, ...next].map(oneLine)].join('\n');
