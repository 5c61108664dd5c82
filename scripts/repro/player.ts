import { setTimeout as delay } from 'node:timers/promises';
import type { AppName } from '../../apps/environment/apps.ts';
import type { PodIndex } from '../../e2e/explore/model.ts';
import type { World } from '../../e2e/explore/world.ts';
import { routes } from '../../e2e/contract.ts';
import { signInByHttp } from '../../e2e/claims/sign-in-by-http.ts';
import { NoResponse } from '../../fixtures/authentik/browser/http-browser.ts';
import { EdgeClient } from '../../fleet/edge/client.ts';
import { cookies, starts } from '../explain/dezky.ts';
import { fleetEvents, refreshesRace, type FleetEvent } from './fleet-events.ts';
import { isServed, responseOutcomeOf, signInOutcome, type ResponseOutcome } from '../explain/outcome.ts';
import { burstsOf, wrongResponsesIn, type Story as AnyStory, type StoryRequest } from '../explain/story.ts';
import { podsIn } from '../explain/rollouts.ts';

/** Of these apps, the only ones of which there are fleets. */
export type Story = AnyStory<AppName>;

/** The outcome of each replayed request, by its index in the story. */
export type PlayedResponses = ReadonlyMap<number, ResponseOutcome>;

const html = { accept: 'text/html', 'x-edge-kind': 'browser' };
const browser = 'laptop';
/** Maximum milliseconds between the first and the last of several concurrent requests. */
const longestOffsetMs = 3000;

/** Replays a story on a fleet, with a new user and browser each time. */
export class StoryPlayer {
  readonly #world: World;
  readonly #apply: (event: FleetEvent) => Promise<void>;
  readonly #edge: EdgeClient;

  constructor(world: World) {
    this.#world = world;
    this.#apply = fleetEvents(world);
    this.#edge = new EdgeClient(world.fleet.edge);
  }

  async play(steps: readonly ReplayStep[]): Promise<PlayedResponses> {
    const played = new Map<number, ResponseOutcome>();
    const isIn = new Set<AppName>();
    await this.#world.begin();
    await refreshesRace(this.#world);
    for (const group of burstsOf(steps, (step) => (step.do === 'request' ? step.request : undefined))) {
      const [first] = group;
      if (first && first.do !== 'request') {
        await this.#apply(first);
        continue;
      }
      const requests = group as RequestStep[];
      for (const { request, pod } of requests) {
        if (request.does !== 'sign in' && request.hasCookie !== false && !isIn.has(request.app))
          await this.#signIn(request.app, podOfFirstServed(steps, request.app) ?? pod);
        isIn.add(request.app);
      }
      const [{ request: earliest }] = requests as [RequestStep];
      const outcomes = await Promise.all(
        requests.map(async (step) => {
          // In the same order, because the others may wait for the first.
          await delay(Math.min(step.request.at - earliest.at, longestOffsetMs));
          return this.#request(step);
        }),
      );
      for (const [at, { index }] of requests.entries()) played.set(index, outcomes[at]!);
    }
    return played;
  }

  async #request({ request: { app, does, path }, pod }: RequestStep): Promise<ResponseOutcome> {
    if (does === 'sign in') return this.#signIn(app, pod);
    const place = { browser, app } as const;
    const pinned = pod === undefined ? {} : { pod };
    const own = this.#world.originOf(app);
    const answer = await this.#world.request(place, path, {
      ...pinned,
      ...(does === 'open page' && { headers: html }),
      ...(does === 'sign out' && { method: 'POST' as const, headers: { origin: own } }),
    });
    const { status, headers, setCookie, url } = answer;
    const { location } = headers;
    // The browser signs out at Authentik.
    let statusThere: number | undefined;
    if (does === 'sign out' && location) {
      const signedOut = this.#world.browsers[browser].follow(new URL(location, url).href);
      const answered = await signedOut.catch((error: unknown) => {
        if (!(error instanceof NoResponse)) throw error;
      });
      const isThere = answered && new URL(answered.url).host === this.#world.fleet.hosts.auth;
      if (isThere && answered.status >= 400) statusThere = answered.status;
    }
    const { hosts } = this.#world.fleet;
    const outcome = responseOutcomeOf(
      { status, location, setCookies: setCookie, url: new URL(url) },
      { hosts: new Set([hosts[app]]), starts, cookies },
      { name: 'Authentik', host: hosts.auth },
    );
    return { ...outcome, statusThere };
  }

  async #signIn(app: AppName, pod: PodIndex | undefined): Promise<ResponseOutcome> {
    const { clientId } = this.#world.options;
    const name = pod === undefined ? undefined : (await this.#world.podsOf(app))[pod];
    await this.#edge.pin(clientId, name === undefined ? [] : [{ service: app, pod: name }]);
    try {
      const own = this.#world.originOf(app);
      await signInByHttp(this.#world.browsers[browser], own, this.#world.people.anna, routes.signIn);
      return signInOutcome(true);
    } catch {
      // The sentence would contain hosts and paths of this fleet, which cannot be in the recording.
      return signInOutcome(false);
    } finally {
      await this.#edge.pin(clientId, []);
    }
  }
}

/** For a session that started before the recording: the pod that first served it. */
const podOfFirstServed = (steps: readonly ReplayStep[], app: AppName): PodIndex | undefined =>
  steps.find(
    (step): step is RequestStep => step.do === 'request' && step.request.app === app && isServed(step.request.outcome),
  )?.pod;

export interface RequestStep {
  do: 'request';
  /** Of the request in the story. */
  index: number;
  request: StoryRequest<AppName>;
  pod: PodIndex | undefined;
}
export type ReplayStep = FleetEvent | RequestStep;

/** Shorter gaps change nothing, in seconds. */
const leastGapSeconds = 5;

/**
 * A story as steps: its requests, each on the pod of the recording, and the time and the rollouts between them.
 * @param options.losesSession the session is removed from Redis before the first wrong response.
 */
export function replayPlanOf(story: Story, { losesSession = false } = {}): ReplayStep[] {
  const [first = -1] = wrongResponsesIn(story);
  // Of concurrent requests any may have caused what the others show.
  const [lossBefore] =
    burstsOf([...story.requests.keys()], (index) => story.requests[index]).find((burst) => burst.includes(first)) ?? [];
  const pods = podsIn(story);
  let previous = 0;
  return story.requests.flatMap((request, index): ReplayStep[] => {
    const seconds = Math.round((request.at - previous) / 1000);
    previous = request.at;
    if (pods.isOutdated(index)) return [];
    return [
      ...(seconds >= leastGapSeconds ? [{ do: 'time passes' as const, seconds }] : []),
      ...pods.rollouts
        .filter(({ before }) => before === index)
        .map(({ app, isRelease }) => ({ do: 'roll out' as const, app, isRelease })),
      ...(losesSession && index === lossBefore ? [{ do: 'lose the session' as const, app: request.app }] : []),
      { do: 'request', index, request, pod: pods.podOf(index) },
    ];
  });
}
