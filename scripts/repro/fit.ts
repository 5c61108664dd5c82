import { burstsOf } from '../../e2e/replays/bursts.ts';
import { withoutCookies, type Outcome } from '../../e2e/replays/outcome.ts';
import type { Played } from '../../e2e/replays/player.ts';
import { refusalsIn } from './refusals.ts';
import type { Story } from './story.ts';

/** How well a replay agrees with a recording. */
export interface Fit {
  fits: number;
  of: number;
  /** The first request that was answered in another way. */
  first?: { index: number; recorded: Outcome; replayed: Outcome };
  /** Indexes of the requests that were answered differently. */
  others: number[];
  /** Whether the first refused request of the recording was refused in the replay. */
  shows: boolean;
}

/** Compares each request that was played. Of requests at once the order of the answers is chance, so any of theirs agrees. */
export function fitOf(story: Story, played: Played): Fit {
  const plain = (outcome: Outcome): Outcome => (story.knowsCookies ? outcome : withoutCookies(outcome));
  const indexes = [...played.keys()];
  const result: Fit = { fits: 0, of: indexes.length, others: [], shows: false };
  for (const burst of burstsOf(indexes, (index) => story.requests[index])) {
    const answers = new Set(burst.map((index) => plain(played.get(index)!)));
    for (const index of burst) {
      const recorded = plain(story.requests[index]!.outcome);
      if (answers.has(recorded)) result.fits += 1;
      else {
        result.first ??= { index, recorded, replayed: plain(played.get(index)!) };
        result.others.push(index);
      }
    }
  }
  const [refused] = refusalsIn(story);
  return { ...result, shows: refused !== undefined && sameAt(story, played, refused) };
}

const sameAt = ({ requests }: Story, played: Played, index: number): boolean =>
  withoutCookies(requests[index]!.outcome) === withoutCookies(played.get(index) ?? '');

export const isExact = ({ fits, of }: Fit): boolean => of > 0 && fits === of;

/** The better fit first. */
export const byFit = (a: Fit, b: Fit): number => b.fits / Math.max(1, b.of) - a.fits / Math.max(1, a.of);
