import { isRefused, isServed, signedIn } from '../../e2e/replays/outcome.ts';
import type { StoryRequest } from '../../e2e/replays/plan.ts';
import type { Story } from './story.ts';

/**
 * The refused requests of people who were signed in, by their place in the story. A request after the person's own
 * sign-out, or without the cookie, is refused rightly.
 */
export function refusalsIn({ requests }: Story): number[] {
  const isIn = new Map<string, boolean>();
  return requests.flatMap((request, index) => {
    const { app, does, outcome } = request;
    if (does === 'sign in') isIn.set(app, outcome === signedIn || isIn.get(app) === true);
    else if (does === 'sign out') isIn.set(app, false);
    else if (isServed(outcome)) isIn.set(app, true);
    else if (isRefused(outcome) && (isIn.get(app) ?? begins(request))) return [index];
    return [];
  });
}

/** A recording may begin when its person was signed in already. */
const begins = ({ hasCookie }: StoryRequest): boolean => hasCookie !== false;
