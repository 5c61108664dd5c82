import { exitCodes, HarnessError } from '../../fleet/errors.ts';
import { oneLine } from '../../fleet/one-line.ts';
import { explain } from './explain.ts';
import { readRecording } from './read-recording.ts';
import { describeTimeline, describeVerdict } from './terminal.ts';
import { firstWrongIn } from './timeline.ts';

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
