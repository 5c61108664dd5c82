import { readGiven } from '../../fleet/read-given.ts';
import { quoted } from '../../fleet/quoted.ts';
import type { Engine } from '../../fleet/engines/shared/engine.ts';
import { exitCodes, HarnessError } from '../../fleet/errors.ts';
import { fromCallersFolder } from '../command/command-line.ts';
import { progress } from '../command/run-command.ts';
import { causeSeen } from '../explain/cause-seen.ts';
import { dezkyStory } from '../explain/dezky.ts';
import { withRequests } from '../explain/explain.ts';
import type { BrowserExchange } from '../explain/exchange.ts';
import { readRecording } from '../explain/read-recording.ts';
import { wrongResponsesIn } from '../explain/story.ts';
import { describeTimeline, describeVerdict } from '../explain/command.ts';
import { firstWrongIn } from '../explain/timeline.ts';
import type { Verdict } from '../explain/verdict.ts';
import { readCurl } from './read-curl.ts';
import { causeOf, replayFaults, type RecordingCause } from './replay-faults.ts';

export interface RecordingOptions {
  har?: string;
  trace?: string;
  curl?: string;
  map?: readonly string[];
  faults?: readonly string[];
}

/** A recording, and the option that names it again. */
export interface NamedRecording {
  exchanges: BrowserExchange[];
  /** The text of a curl command has secrets, so it is not in it. */
  option: string;
}

const shownByNpm =
  'npm has printed this command with its cookies and tokens, and keeps it in the newest log of `npm config get cache`/_logs: ' +
  'delete that log, and next time paste the command to standard input: --curl -';

/** Undefined: no recording is named. @throws HarnessError when several are, or when it cannot be read. */
export async function readBrowserRecording(
  { har, trace, curl, map, faults }: RecordingOptions,
  regression?: string,
): Promise<NamedRecording | undefined> {
  const given = [har, trace, curl].filter((value) => value !== undefined).length;
  if (given > 1) throw new HarnessError('Give one recording at a time: --har, --trace or --curl.');
  if (given === 1 && regression !== undefined)
    throw new HarnessError(`${regression} and a recording do not go together. To try it alone: --faults ${regression}`);
  const file = har ?? trace;
  if (file !== undefined) {
    const { exchanges, leftOut } = readRecording(fromCallersFolder(file));
    if (leftOut) progress(leftOut);
    return { exchanges, option: `--${har === undefined ? 'trace' : 'har'} ${quoted(file)}` };
  }
  if (curl === undefined) {
    if (!map && !faults) return undefined;
    throw new HarnessError('--map and --faults need a recording: --har, --trace or --curl.');
  }
  // npm prints and logs the arguments before this program starts.
  if (curl !== '-' && process.env['npm_lifecycle_event'] !== undefined) progress(shownByNpm);
  return { exchanges: readCurl(curl === '-' ? await readGiven('-', '--curl') : curl), option: '--curl -' };
}

/** Finds out why a recorded session ended. @returns the exit code: 0 when it was reproduced. */
export async function explainRecording(
  { exchanges, option }: NamedRecording,
  { engine, map = [], faults }: RecordingOptions & { engine: Engine },
): Promise<number> {
  const story = withRequests(dezkyStory(exchanges, map));
  const hasWrong = wrongResponsesIn(story).length > 0;
  console.log(`${describeTimeline(story)}\n\n${firstWrongIn(story).join('\n')}`);
  const seen = causeSeen(story);
  let verdict: Verdict & Partial<RecordingCause> = seen;
  if (seen.isWithoutReason || (faults && hasWrong)) {
    console.log(`${seen.sentences.join('\n')}\n`);
    verdict = causeOf(await replayFaults(story, { engine, faults }), story);
  }
  console.log(`\n${describeVerdict(verdict)}`);
  const options = [
    ...map.map((each) => `--map ${quoted(each)}`),
    ...(faults ? [`--faults ${faults.join(',')}`] : []),
    ...(engine.name === 'local' ? [] : [`--engine ${engine.name}`]),
  ];
  console.log(`\nAgain: ${['npm run repro --', option, ...options].join(' ')}`);
  for (const name of verdict.faults ?? []) console.log(`Live:  npm run repro -- ${name}`);
  return verdict.isReproduced ? exitCodes.passed : exitCodes.productFailed;
}
