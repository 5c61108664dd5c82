import type { RefusedAfter } from '../../fixtures/regressions/regression.ts';
import { signedIn } from '../../e2e/replays/outcome.ts';
import type { StoryRequest } from '../../e2e/replays/plan.ts';
import type { Story } from './story.ts';

/** A reason for the refusals that the recording speaks for. */
export interface Reason {
  after: RefusedAfter;
  /** The more, the more likely. */
  points: number;
  /** What in the recording speaks for it. */
  because: string;
}

/** Looks for one reason, before or around the first refused request. */
export type Sign = (story: Story, first: number) => Reason | undefined;

/** Seconds after which an access token of the product is renewed: it lives 300, and is renewed 30 before. */
const renewalSeconds = 270;
/** Milliseconds that a request waits for new tokens before it goes on without: 4000, less the time of the rest. */
export const slowMs = 3800;

/** A request of the story. */
export const requestAt = ({ requests }: Story, index: number): StoryRequest => requests[index]!;

/** Requests of the same app until the person signs in again, or out. */
export const following = ({ requests }: Story, first: number): StoryRequest[] => {
  const { app } = requests[first]!;
  const end = requests.findIndex(
    (request, index) =>
      index > first && request.app === app && (request.does === 'sign in' || request.does === 'sign out'),
  );
  return requests.slice(first, end === -1 ? undefined : end).filter((request) => request.app === app);
};

/** Requests of the same app before. */
export const before = ({ requests }: Story, first: number): StoryRequest[] =>
  requests.slice(0, first).filter(({ app }) => app === requests[first]!.app);

/** Whether two requests were under way at the same time. */
export const overlap = (a: StoryRequest, b: StoryRequest): boolean =>
  a !== b && a.at < b.at + b.ms && b.at < a.at + a.ms;

/** The last request before another, or that one, at which tokens had to be renewed, if none was in the minutes between. */
export function renewalBefore(story: Story, index: number): number | undefined {
  const { app, at } = requestAt(story, index);
  const found = story.requests.findLastIndex(
    (request, each) => each <= index && request.app === app && request.does !== 'sign in' && isDue(story, each),
  );
  return found !== -1 && at - requestAt(story, found).at < renewalSeconds * 1000 ? found : undefined;
}

/** Whether tokens had to be renewed at a request, as far as the recording tells. */
export function isDue(story: Story, index: number): boolean {
  const { app } = requestAt(story, index);
  let renewedAt = 0;
  for (const [at, request] of story.requests.entries()) {
    if (request.app !== app) continue;
    const isOver = request.at - renewedAt >= renewalSeconds * 1000;
    if (at === index) return isOver;
    if (isOver || request.outcome === signedIn) renewedAt = request.at;
  }
  return false;
}
