import { isOfCache } from './doubts.ts';
import { isRefused, isSignedIn } from './outcome.ts';
import { showsSession, type StoryRequest } from './story.ts';
import { noPod } from './timeline.ts';

/** With fewer turns of refusals and responses of a session chance, or a sticky balancer, explains which pod refused it. */
const leastTurns = 3;

/**
 * Whether it is likely that the pods of an app differ, and not that a store loses entries: the pod of the sign-in served a
 * session again and again which others refused, and no pod both served and refused one.
 */
export function podsDiffer(requests: readonly StoryRequest[], app: string, reason?: string): boolean {
  const sessions = sessionsIn(requests, app).map(([signIn, its]) => {
    const refused = its.filter((each) => isRefused(each.outcome) && each.reason === reason);
    return { home: signIn?.pod, refused, served: its.filter(showsSession), its };
  });
  const isRefuserOf = ({ refused }: (typeof sessions)[number], pod?: string): boolean =>
    refused.some((each) => each.pod === pod);
  if (sessions.some((session) => session.served.some(({ pod }) => pod !== undefined && isRefuserOf(session, pod))))
    return false;
  return sessions.some((session) => {
    const { home, refused, served, its } = session;
    // A balancer may choose the pod by the address, on which the refusal depends.
    const isSameAddress = served.some(({ path }) => refused.some((each) => each.path === path));
    const turns = its
      .filter((each) => refused.includes(each) || served.includes(each))
      .filter((each, at, both) => refused.includes(each) && !refused.includes(both[at - 1]!));
    return (
      home !== undefined &&
      served.every(({ pod }) => pod === home) &&
      !isRefuserOf(session, undefined) &&
      isSameAddress &&
      turns.length >= leastTurns
    );
  });
}

/** How often each pod served and refused the session of a request. */
export function servedByPod(requests: readonly StoryRequest[], request: StoryRequest): string[] {
  const [, its = []] = sessionsIn(requests, request.app).find(([, all]) => all.includes(request)) ?? [];
  const shown = its.filter((each) => isRefused(each.outcome) || showsSession(each));
  if (shown.every(({ pod }) => pod === undefined)) return inTurn(shown);
  const counts = [...Map.groupBy(shown, ({ pod = noPod }) => pod)].map(([pod, all]) => {
    const served = all.filter(showsSession).length;
    return `${pod} served ${served} and refused ${all.length - served}`;
  });
  return counts.length > 0 ? [`Its requests by pod: ${counts.join(', ')}.`] : [];
}

/** What the responses of an app show that names no pods. */
function inTurn(shown: readonly StoryRequest[]): string[] {
  const turns = shown.filter((each, at) => showsSession(each) && at > 0 && isRefused(shown[at - 1]!.outcome)).length;
  if (turns < leastTurns) return [];
  return [
    `Its requests were refused and served in turn, ${turns} x: the pods differ, or the store fails now and then.`,
  ];
}

/** The sign-in and the other requests of each session of an app, until its sign-out. Of some the sign-in is not recorded. */
function sessionsIn(
  requests: readonly StoryRequest[],
  app: string,
): Array<[signIn: StoryRequest | undefined, its: StoryRequest[]]> {
  const sessions: Array<[StoryRequest | undefined, StoryRequest[]]> = [[undefined, []]];
  let isOut = false;
  let label: string | undefined;
  for (const request of requests.filter((each) => each.app === app && !isOfCache(requests, each))) {
    if (isSignedIn(request.outcome)) {
      sessions.push([request, []]);
      isOut = false;
      label = request.session;
      continue;
    }
    // In another tab the user has signed in again.
    if (request.session !== undefined && label !== undefined && request.session !== label)
      sessions.push([undefined, []]);
    label = request.session ?? label;
    if (request.does === 'sign out') isOut = true;
    else if (!isOut) sessions.at(-1)![1].push(request);
  }
  return sessions;
}
