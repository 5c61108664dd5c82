import { styleText } from 'node:util';
import { appNames } from '../../apps/environment/apps.ts';
import { missingIn } from '../../e2e/engine-in-use.ts';
import { regressionNamed } from '../../fixtures/regression.ts';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import type { RefusedAfter, Regression } from '../../fixtures/regressions/regression.ts';
import type { Engine } from '../../fleet/engines/shared/engine.ts';
import { interruption } from '../command/interruption.ts';
import { mayBeInScripts } from '../product.ts';
import { switchesOf } from '../prove/switched.ts';
import { changeWith, withPlayer } from './on-fleet.ts';
import { textOf, type ResponseOutcome } from '../explain/outcome.ts';
import { replayPlanOf, type PlayedResponses, type Story } from './player.ts';
import { podsIn } from '../explain/rollouts.ts';
import { burstsOf, wrongResponsesIn, requestSentence } from '../explain/story.ts';
import { doubtsAbout } from '../explain/doubts.ts';
import { causeChecks, podsThatDiffer } from '../explain/cause-seen.ts';
import { podsDiffer } from '../explain/pods-differ.ts';
import { unknown, type Verdict } from '../explain/verdict.ts';

export interface Agreement {
  /** Number of responses that are as recorded, of all requests that were replayed. */
  equal: number;
  of: number;
  /** The first response that is not. */
  first?: { index: number; recorded: string; replayed: string };
}

export interface Replays {
  /** On this code, without a fault. */
  healthy: Agreement;
  /** The same, when the session is removed from Redis before the first wrong response. */
  lost: Agreement;
  faulty: ReadonlyArray<{ fault: Regression; agreement: Agreement }>;
}

export const isExact = ({ equal, of }: Agreement): boolean => of > 0 && equal === of;

/** Compares all requests that were replayed. Which of concurrent requests gets which response is chance; how many is not. */
export function agreementOf(story: Story, played: PlayedResponses): Agreement {
  const result: Agreement = { equal: 0, of: played.size };
  const comparable = (outcome: ResponseOutcome): string =>
    textOf(story.knowsCookies ? outcome : { ...outcome, cookie: undefined });
  for (const burst of burstsOf([...played.keys()], (index) => story.requests[index])) {
    const replayed = burst.map((index) => comparable(played.get(index)!));
    const left = [...replayed];
    for (const [at, index] of burst.entries()) {
      const recorded = comparable(story.requests[index]!.outcome);
      const same = left.indexOf(recorded);
      if (same < 0) result.first ??= { index, recorded, replayed: replayed[at]! };
      else {
        left.splice(same, 1);
        result.equal += 1;
      }
    }
  }
  return result;
}

const hourMs = 3_600_000;

/** Whether a recording shows what comes before a refusal. */
const isShown: Readonly<Record<RefusedAfter, (story: Story) => boolean>> = {
  'another pod': () => true,
  'a refresh': () => true,
  'parallel requests': ({ requests }) => burstsOf(requests, (each) => each).some(({ length }) => length > 1),
  'hours without use': ({ requests }) =>
    requests.some(({ at }, index) => index > 0 && at - requests[index - 1]!.at >= hourMs),
  'a restart': (story) => podsIn(story).rollouts.length > 0,
  'a release': (story) => podsIn(story).rollouts.some(({ isRelease }) => isRelease),
  'a sign-out of the other app': ({ requests }) => requests.some(({ does }) => does === 'sign out'),
};

/** The apps and services that a change is about. */
const placesOf = ({ env = [], manifests = [], sources = [] }: Regression['change']): string[] => [
  ...sources.map(({ file }) => file.split('/')[1] ?? ''),
  ...env.map(({ deployment }) => deployment),
  ...manifests.map(({ target }) => target.name),
];

/** The faults to replay. @param names of regressions; undefined: those that fit what the recording shows. */
export function faultsFor(story: Story, engine: Engine, names?: readonly string[]): Regression[] {
  if (names) return names.map((name) => regressionNamed(name, regressions()));
  const [first] = wrongResponsesIn(story);
  const isSignOut = first !== undefined && story.requests[first]!.does === 'sign out';
  const absent = appNames.filter((name) => story.requests.every(({ app }) => app !== name));
  return regressions().filter(
    ({ needs, symptom, refusedAfter, change }) =>
      missingIn(engine, needs).length === 0 &&
      !placesOf(change).every((place) => (absent as readonly string[]).includes(place)) &&
      (isSignOut ? symptom.kind === 'logout' : refusedAfter && isShown[refusedAfter](story)),
  );
}

/** Replays a story on a fleet without a fault, and on one with each fault that may explain it. */
export async function replayFaults(
  story: Story,
  { engine, faults }: { engine: Engine; faults?: readonly string[] | undefined },
): Promise<Replays> {
  // First, so that a wrong name costs no build.
  const tried = faultsFor(story, engine, faults);
  // The whole catalogue in one build, which `prove` uses as well.
  const switches = await switchesOf(regressions(), mayBeInScripts);
  const replay = async (fault: Regression | undefined, plans: Array<ReturnType<typeof replayPlanOf>>) =>
    withPlayer(engine, changeWith(fault, switches), async (player) => {
      const agreements: Agreement[] = [];
      for (const plan of plans) {
        interruption.throwIfAborted();
        agreements.push(agreementOf(story, await player.play(plan)));
      }
      const [agreement, lost] = agreements as [Agreement, Agreement?];
      console.log(replayRow(fault?.name ?? 'without a fault', agreement, story));
      if (lost) console.log(replayRow('without the session', lost, story));
      return agreements as [Agreement, Agreement];
    });
  const plan = replayPlanOf(story);
  console.log('Responses that a replay gave as recorded:');
  const [healthy, lost] = await replay(undefined, [plan, replayPlanOf(story, { losesSession: true })]);
  const faulty = [];
  if (!isExact(healthy)) for (const fault of tried) faulty.push({ fault, agreement: (await replay(fault, [plan]))[0] });
  return { healthy, lost, faulty };
}

export interface RecordingCause extends Verdict {
  /** Whether a replay gave every response of the recording. */
  isReproduced: boolean;
  /** The faults that it was given with; empty: with none. */
  faults: readonly string[];
}

/**
 * What replays say about the first wrong response. It is reproduced when a fleet with pods that differ gives every response
 * of the recording, the recording itself shows it, and a session that is simply lost would not look the same.
 */
export function causeOf({ healthy, lost, faulty }: Replays, story: Story): RecordingCause {
  const [wrong = 0] = wrongResponsesIn(story);
  const { requests, isTimeUnsure, advice } = story;
  const { app } = requests[wrong]!;
  if (isExact(healthy) && !isTimeUnsure)
    return {
      isReproduced: true,
      faults: [],
      sentences: [
        `No fault is needed to explain it: this code gives request ${wrong + 1} the same response, and all others.`,
      ],
      next: [],
    };
  const exact = faulty.filter(({ agreement }) => isExact(agreement)).map(({ fault }) => fault);
  const faults = exact.map(({ name }) => name);
  const areOfPods = exact.length > 0 && exact.every(({ refusedAfter }) => refusedAfter === 'another pod');
  if (areOfPods && podsDiffer(requests, app) && !isExact(lost) && doubtsAbout(story).length === 0)
    return {
      isReproduced: true,
      faults,
      sentences: [
        `Likely: ${podsThatDiffer(app, advice.perPod)}.`,
        `A fleet with ${faults.join(' or ')} gives all ${healthy.of} responses of the recording, one without a fault ${healthy.equal}.`,
      ],
      next: [],
    };
  const shown = isExact(healthy)
    ? 'The clock of the browser was set while it was recorded, so the replay proves nothing.'
    : isExact(lost)
      ? 'The session was gone at the first refusal, and the recording does not show why.'
      : exact.length > 0
        ? 'Replays do not prove it.'
        : `None of the ${faulty.length} regressions that were replayed gives all responses of the recording.`;
  const same = `${faults.join(', ')} would look the same, and so may other losses of the session.`;
  const verdict = unknown([shown, ...(exact.length > 0 ? [same] : [])], ...causeChecks(story, requests[wrong]!));
  return { ...verdict, isReproduced: false, faults: [] };
}

/** A line of the table of replays. */
export function replayRow(name: string, agreement: Agreement, story: Story): string {
  const { equal, of, first } = agreement;
  const differs = first
    ? `request ${first.index + 1} (${requestSentence(story.requests[first.index]!)}): recorded ${first.recorded}, replayed ${first.replayed}`
    : '';
  const score = styleText(isExact(agreement) ? 'green' : 'dim', `${equal} of ${of}`.padEnd(10));
  return `  ${name.padEnd(28)} ${score} ${differs}`.trimEnd();
}
