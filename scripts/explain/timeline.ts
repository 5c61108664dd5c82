import { duration } from '../../fleet/duration.ts';
import { isSignedIn, textOf } from './outcome.ts';
import { podsIn } from './rollouts.ts';
import { oddIn, requestSentence, wrongResponsesIn, type Story } from './story.ts';

/** A line of the time line: a request and its response, or the start of a rollout. */
export interface TimelineRow {
  /** Empty for a rollout. */
  number: string;
  after: string;
  what: string;
  /** Of {@link Timeline.pods}, the one that answered, and how. */
  pod: number | undefined;
  answer: string;
  kind: 'wrong' | 'began' | 'ended' | 'rollout' | 'other';
}

export interface Timeline {
  /** The number of requests in all. */
  total: number;
  pods: string[];
  rows: TimelineRow[];
}

/** Requests that are shown before and after the first wrong response. */
const around = 20;
export const noPod = 'no pod named';

/** The requests around the first wrong response, with the response in the column of the pod that gave it. */
export function timelineOf(story: Story): Timeline {
  const { requests } = story;
  const wrong = wrongResponsesIn(story);
  const [first = 0] = wrong;
  const from = Math.max(0, first - around);
  const shown = requests.slice(from, first + around + 1);
  const pods = [...new Set(shown.map(({ pod = noPod }) => pod))];
  const { rollouts } = podsIn(story);
  const rows = shown.flatMap((request, offset): TimelineRow[] => {
    const index = from + offset;
    const { pod = noPod, outcome, does } = request;
    const cookie = request.hasCookie === false && does !== 'sign in' ? ', no cookie' : '';
    const kind = wrong.includes(index)
      ? 'wrong'
      : isSignedIn(outcome)
        ? 'began'
        : does === 'sign out'
          ? 'ended'
          : 'other';
    return [
      ...rollouts
        .filter(({ before }) => before === index)
        .map(({ app, isRelease }) => ({
          number: '',
          after: '',
          what: `${app} rolls out${isRelease ? ' a release' : ''}`,
          pod: undefined,
          answer: '',
          kind: 'rollout' as const,
        })),
      {
        number: String(index + 1),
        after: duration(request.at),
        what: requestSentence(request) + cookie,
        pod: pods.indexOf(pod),
        answer: textOf(outcome),
        kind,
      },
    ];
  });
  return { total: requests.length, pods, rows };
}

/** The first wrong response, or what else is not well. */
export function firstWrongIn(story: Story): string[] {
  const [index, ...others] = wrongResponsesIn(story);
  const odd = oddIn(story);
  if (index === undefined)
    return odd.length === 0
      ? ['No wrong response was recognised.']
      : ['No signed-in user was refused, but not all is well:', ...odd.slice(0, around).map((each) => `- ${each}`)];
  const request = story.requests[index]!;
  const by = request.pod ? ` by ${request.pod}` : '';
  return [
    `First wrong response: ${textOf(request.outcome)}${by} to request ${index + 1}, ${requestSentence(request)}.${others.length > 0 ? ` ${others.length} more follow.` : ''}`,
  ];
}
