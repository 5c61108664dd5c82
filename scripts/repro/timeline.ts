import { styleText } from 'node:util';
import { duration } from '../../fleet/duration.ts';
import { podsIn } from './rollouts.ts';
import { requestSentence, wrongResponsesIn, type Story } from './story.ts';

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
  const shown = requests.slice(from, first + around + 1).map((request) => ({ ...request, pod: request.pod ?? noPod }));
  const pods = [...new Set(shown.map(({ pod }) => pod))];
  const width = Math.max(...shown.flatMap(({ pod, outcome }) => [shortName(pod).length, outcome.length]));
  const line = (...[number, at, what, cells]: [string, string, string, string[]]): string =>
    [number.padStart(5), at.padStart(12), what.padEnd(50), ...cells.map((cell) => cell.padEnd(width))]
      .join('  ')
      .trimEnd();
  const { rollouts } = podsIn(story);
  const rows = shown.flatMap((request, offset) => {
    const index = from + offset;
    const cells = pods.map((pod) => (pod === request.pod ? request.outcome : ''));
    const cookie = request.hasCookie === false && request.does !== 'sign in' ? ', no cookie' : '';
    const text = line(String(index + 1), duration(request.at), requestSentence(request) + cookie, cells);
    return [
      ...rollouts
        .filter(({ before }) => before === index)
        .map(({ app, isRelease }) => line('', '', `${app} rolls out${isRelease ? ' a release' : ''}`, [])),
      wrong.includes(index) ? styleText('red', text) : text,
    ];
  });
  return [line('', 'after', `request (${requests.length} in all)`, pods.map(shortName)), ...rows].join('\n');
}

export function describeFirstWrong(story: Story): string {
  const [index, ...others] = wrongResponsesIn(story);
  if (index === undefined) return 'No wrong response.';
  const request = story.requests[index]!;
  const by = request.pod ? ` by ${request.pod}` : '';
  return `First wrong response: ${request.outcome}${by} to request ${index + 1}, ${requestSentence(request)}.${others.length > 0 ? ` ${others.length} more follow.` : ''}`;
}
