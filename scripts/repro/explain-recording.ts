import { readFileSync } from 'node:fs';
import { styleText } from 'node:util';
import { quoted } from '../../e2e/report/commands.ts';
import type { Engine } from '../../fleet/engines/shared/engine.ts';
import { exitCodes, HarnessError } from '../../fleet/errors.ts';
import { fromCallersFolder } from '../command/command-line.ts';
import { progress } from '../command/run-command.ts';
import { duration } from '../../fleet/duration.ts';
import type { BrowserExchange } from './exchange.ts';
import { causeSeen, seenBeside, type Verdict } from './cause-seen.ts';
import { parseMap } from './hosts.ts';
import { readCurl } from './read-curl.ts';
import { readHar, readTrace } from './read-har.ts';
import { replayFaults, causeOf } from './replay-faults.ts';
import { textOf } from './outcome.ts';
import { oddIn, storyOf, wrongResponsesIn, requestSentence, type Story } from './story.ts';
import { podsIn } from './rollouts.ts';

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
export function readBrowserRecording(
  { har, trace, curl, map, faults }: RecordingOptions,
  regression?: string,
): NamedRecording | undefined {
  const given = [har, trace, curl].filter((value) => value !== undefined).length;
  if (given > 1) throw new HarnessError('Give one recording at a time: --har, --trace or --curl.');
  if (given === 1 && regression !== undefined)
    throw new HarnessError(`${regression} and a recording do not go together. To try it alone: --faults ${regression}`);
  if (har !== undefined) return { exchanges: readHar(fromCallersFolder(har)), option: `--har ${quoted(har)}` };
  if (trace !== undefined)
    return { exchanges: readTrace(fromCallersFolder(trace)), option: `--trace ${quoted(trace)}` };
  if (curl === undefined) {
    if (!map && !faults) return undefined;
    throw new HarnessError('--map and --faults need a recording: --har, --trace or --curl.');
  }
  // npm prints and logs the arguments before this program starts.
  if (curl !== '-' && process.env['npm_lifecycle_event'] !== undefined) progress(shownByNpm);
  return { exchanges: readCurl(curl === '-' ? readFileSync(0, 'utf8') : curl), option: '--curl -' };
}

/** Finds out why a recorded session ended. @returns the exit code: 0 when the cause is known. */
export async function explainRecording(
  { exchanges, option }: NamedRecording,
  { engine, map = [], faults }: RecordingOptions & { engine: Engine },
): Promise<number> {
  const story = storyOf(exchanges, parseMap(map));
  const unanswered = story.unanswered.length + story.failures.length;
  if (story.requests.length === 0)
    throw new HarnessError(
      unanswered > 0
        ? `Its ${unanswered} requests that need a session got no answer. Look at the pods: npm run diagnose`
        : 'No request of it needs a session: no page, no API call, no sign-in or sign-out. Record from the sign-in on: docs/repro.md',
    );
  const hasWrong = wrongResponsesIn(story).length > 0;
  console.log(`${describeTimeline(story)}\n\n${describeFirstWrong(story)}`);
  let verdict: (Verdict & { faults?: readonly string[] }) | undefined =
    faults && hasWrong ? undefined : causeSeen(story);
  if (!verdict) {
    console.log(`${seenBeside(story).join('\n')}\n`);
    const replays = await replayFaults(story, { engine, faults });
    verdict = causeOf(replays, story);
  }
  console.log(`\n${verdict.sentences.join('\n')}`);
  const options = [
    ...map.map((each) => `--map ${quoted(each)}`),
    ...(faults ? [`--faults ${faults.join(',')}`] : []),
    ...(engine.name === 'local' ? [] : [`--engine ${engine.name}`]),
  ];
  console.log(`\nAgain: ${['npm run repro --', option, ...options].join(' ')}`);
  for (const name of verdict.faults ?? []) console.log(`Live:  npm run repro -- ${name}`);
  return verdict.isKnown ? exitCodes.passed : exitCodes.productFailed;
}

/** Requests that are printed before and after the first wrong response. */
const around = 20;
const noPod = 'no pod named';
/** The last part of a pod's name, which differs between the pods of a ReplicaSet. */
const shortName = (pod: string): string => (pod === noPod ? pod : `…${pod.slice(pod.lastIndexOf('-'))}`);

/** The requests around the first wrong response, a line each, with the response in the column of the pod that gave it. */
export function describeTimeline(story: Story): string {
  const { requests } = story;
  const wrong = wrongResponsesIn(story);
  const [first = 0] = wrong;
  const from = Math.max(0, first - around);
  const shown = requests
    .slice(from, first + around + 1)
    .map((request) => ({ ...request, pod: request.pod ?? noPod, text: textOf(request.outcome) }));
  const pods = [...new Set(shown.map(({ pod }) => pod))];
  const width = Math.max(...shown.flatMap(({ pod, text }) => [shortName(pod).length, text.length]));
  const line = (...[number, at, what, cells]: [string, string, string, string[]]): string =>
    [number.padStart(5), at.padStart(12), what.padEnd(50), ...cells.map((cell) => cell.padEnd(width))]
      .join('  ')
      .trimEnd();
  const { rollouts } = podsIn(story);
  const rows = shown.flatMap((request, offset) => {
    const index = from + offset;
    const cells = pods.map((pod) => (pod === request.pod ? request.text : ''));
    const cookie = request.hasCookie === false && request.does !== 'sign in' ? ', no cookie' : '';
    const row = line(String(index + 1), duration(request.at), requestSentence(request) + cookie, cells);
    return [
      ...rollouts
        .filter(({ before }) => before === index)
        .map(({ app, isRelease }) => line('', '', `${app} rolls out${isRelease ? ' a release' : ''}`, [])),
      wrong.includes(index) ? styleText('red', row) : row,
    ];
  });
  return [line('', 'after', `request (${requests.length} in all)`, pods.map(shortName)), ...rows].join('\n');
}

export function describeFirstWrong(story: Story): string {
  const [index, ...others] = wrongResponsesIn(story);
  const odd = oddIn(story);
  if (index === undefined)
    return odd.length === 0
      ? 'No wrong response.'
      : [
          'No signed-in user was refused, but not all is well:',
          ...odd.slice(0, around).map((each) => `- ${each}`),
        ].join('\n');
  const request = story.requests[index]!;
  const by = request.pod ? ` by ${request.pod}` : '';
  return `First wrong response: ${textOf(request.outcome)}${by} to request ${index + 1}, ${requestSentence(request)}.${others.length > 0 ? ` ${others.length} more follow.` : ''}`;
}
