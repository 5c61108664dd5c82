import type { RefusedAfter } from '../../fixtures/regressions/regression.ts';
import { burstsOf } from '../../e2e/replays/bursts.ts';
import { isRefused, isUnavailable, signInFailed } from '../../e2e/replays/outcome.ts';
import type { StoryRequest } from '../../e2e/replays/plan.ts';
import type { Disruption } from '../../e2e/replays/disruptions.ts';
import { refusalsIn } from './refusals.ts';
import { renewalBefore, requestAt, slowMs } from './signs.ts';
import type { Story } from './story.ts';

/** Which requests of a story run during a disruption. */
type During = (story: Story) => (request: StoryRequest) => boolean;

const isSlow = ({ ms, does }: StoryRequest): boolean => ms >= slowMs && does !== 'sign in';
const isFailedSignIn = ({ outcome }: StoryRequest): boolean => outcome === signInFailed;
const whileRefused: During = () => (request) =>
  isRefused(request.outcome) || isUnavailable(request.outcome) || isFailedSignIn(request);

const inBursts: During = ({ requests }) => {
  const parallel = new Set(
    burstsOf(requests, (request) => request)
      .filter(({ length }) => length > 1)
      .flat(),
  );
  return (request) => parallel.has(request);
};

/** From the request that needed new tokens on. @param end in milliseconds since the first request. */
const fromRenewal =
  (end: (renewing: StoryRequest, refused: StoryRequest) => number): During =>
  (story) => {
    const [first] = refusalsIn(story);
    if (first === undefined) return () => false;
    const renewing = requestAt(story, renewalBefore(story, first) ?? first);
    const until = end(renewing, requestAt(story, first));
    return ({ app, at }) => app === renewing.app && at >= renewing.at && at < until;
  };
const untilAnswered = fromRenewal(({ at, ms }) => at + ms);
const untilRefused = fromRenewal((_, refused) => refused.at);

/** The disruption before a refusal, and the requests that run during it. */
export const disruptions: Partial<Record<RefusedAfter, { of: Disruption; during: During }>> = {
  'parallel requests': { of: 'Authentik busy', during: inBursts },
  'a slow refresh': { of: 'Authentik slow', during: () => isSlow },
  'a pause in a refresh': { of: 'paused pod', during: untilAnswered },
  'a kill in a refresh': { of: 'killed pod', during: untilRefused },
  'a deploy in a refresh': { of: 'replaced pod', during: untilRefused },
  'a refused write': { of: 'refused writes', during: untilRefused },
  'a failed sign-in': { of: 'token endpoint down', during: () => isFailedSignIn },
  'a new client secret': { of: 'another client secret', during: whileRefused },
  'an outage of Authentik': { of: 'Authentik down', during: whileRefused },
  // A session that is lost in an outage is refused after it.
  'an outage of Redis': {
    of: 'Redis',
    during: ({ requests }) => {
      const isHit = requests.some(({ outcome }) => isUnavailable(outcome)) ? isUnavailable : isRefused;
      return ({ outcome }) => isHit(outcome);
    },
  },
};
