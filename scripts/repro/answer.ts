import { styleText } from 'node:util';
import type { Attempt } from './attempt.ts';
import type { Reason } from './signs.ts';
import { isExact } from './fit.ts';
import type { Investigation } from './investigate.ts';
import { isRefused } from '../../e2e/replays/outcome.ts';
import { rolloutsIn } from './pods.ts';
import { refusalsIn } from './refusals.ts';
import { requestSentence, stepSentence } from '../../e2e/replays/sentences.ts';
import { duration } from '../../fleet/duration.ts';
import type { Story } from './story.ts';

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

/** What is in a recording, and what of it was refused. */
export function describeStory(story: Story): string {
  const { requests } = story;
  const of = (does: string): number => requests.filter((request) => request.does === does).length;
  const apps = [...new Set(requests.map(({ app }) => app))].join(' and ');
  const pods = new Set(requests.flatMap(({ pod }) => pod ?? [])).size;
  const rollouts = rolloutsIn(story).map(
    ({ app, isRelease }) => `${app} rolled out${isRelease ? ' another revision' : ''}`,
  );
  return [
    `Recording: ${count(requests.length, 'request')} of ${apps} in ${duration(requests.at(-1)?.at ?? 0)}: ${count(of('sign in'), 'sign-in')}, ` +
      `${of('call') + of('open page')} calls and pages, ${count(of('sign out'), 'sign-out')}; ` +
      `${pods === 0 ? 'the answers name no pods' : count(pods, 'pod')}${rollouts.map((text) => `; ${text}`).join('')}.`,
    ...describeFirst(story),
  ].join('\n');
}

function describeFirst(story: Story): string[] {
  const refusals = refusalsIn(story);
  const [first] = refusals;
  if (first === undefined) return [];
  const { at, pod, outcome } = story.requests[first]!;
  return [
    `First refused: request ${first + 1}, ${requestSentence(story.requests[first]!)}, after ${duration(at)}: ${outcome}${pod ? ` by ${pod}` : ''}. ` +
      `${count(refusals.length, 'request')} of a signed-in person ${refusals.length === 1 ? 'was' : 'were'} refused.`,
  ];
}

export const describeReasons = (reasons: readonly Reason[]): string =>
  ['', 'It may have come after:', ...reasons.map(({ after, because }) => `  ${after.padEnd(28)} ${because}`)].join(
    '\n',
  );

const nameOf = ({ fault }: Attempt): string => fault?.name ?? 'without a fault';

/** A table of what was tried. */
export function describeAttempts({ healthy, attempts }: Investigation, story: Story): string {
  const rows = [healthy, ...attempts].map((made) => {
    const { fit, hidden, replays, assignment } = made;
    const { first } = fit;
    const differs = first
      ? `request ${first.index + 1} (${requestSentence(story.requests[first.index]!)}): recorded ${first.recorded}, replayed ${first.replayed}`
      : `with ${assignment}${hidden ? `, after ${hidden}` : ''}`;
    const score = `${fit.fits} of ${fit.of}`.padEnd(10);
    const paint = isExact(fit) ? 'green' : 'dim';
    return `  ${nameOf(made).padEnd(28)} ${styleText(paint, score)} ${count(replays, 'replay').padEnd(11)} ${differs}`;
  });
  return ['', 'Requests that a replay answered as recorded:', ...rows].join('\n');
}

/** The verdict: whether this code does it, and which fault explains it best. */
export function describeVerdict({ healthy, attempts }: Investigation, seed: number): string {
  if (isExact(healthy.fit))
    return `This code answers the same without any fault${healthy.hidden ? `, after ${healthy.hidden}` : ''}: ${healthyHint(healthy)}`;
  const does = `It does not occur on this code without a fault (seed ${seed}, ${count(healthy.replays, 'replay')}).`;
  const [best] = attempts;
  if (!best?.fault) return `${does} No fault of the catalogue was tried. Try them: --faults all`;
  const equal = attempts.filter(({ fit }) => fit.fits === best.fit.fits && fit.of === best.fit.of);
  const next = attempts.find((made) => !equal.includes(made)) ?? healthy;
  const { fits, of } = best.fit;
  if (!isExact(best.fit) && !best.fit.shows)
    return `${does} No fault that was tried refuses that request; ${best.fault.name} fits best, ${fits} of ${of}. Try more: --faults all`;
  const rival = `; next best is ${nameOf(next)}, ${next.fit.fits} of ${next.fit.of}`;
  const others = equal.slice(1).map(nameOf);
  const certainty =
    others.length > 0
      ? `, and so ${others.length === 1 ? 'does' : 'do'} ${others.join(', ')}: the recording cannot tell them apart`
      : rival;
  return [
    does,
    `${styleText('bold', best.fault.name)} fits ${isExact(best.fit) ? '' : 'best, '}${fits} of ${of} requests${certainty}.`,
    `${best.fault.title}. ${best.fault.explanation}`,
  ].join('\n');
}

const healthyHint = ({ hidden }: Attempt): string =>
  hidden === undefined
    ? 'see docs/architecture.md for when a session ends, or add a regression.'
    : 'that is how it should be if that happened.';

/** The shortest sequence, as a numbered list. */
export function describeShortest({ shortest }: Investigation): string {
  if (!shortest) return '';
  const { steps } = shortest.plan;
  const lines = steps.map((step, index) => {
    const isLast = index === steps.length - 1;
    return `  ${index + 1}. ${stepSentence(step)}${isLast ? `: ${styleText(isRefused(shortest.outcome) ? 'red' : 'green', shortest.outcome)}` : ''}`;
  });
  return ['', 'The shortest sequence that is refused:', ...lines].join('\n');
}
