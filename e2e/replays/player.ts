import { setTimeout as delay } from 'node:timers/promises';
import type { AppName } from '../../apps/environment/apps.ts';
import type { PodIndex } from '../explore/model.ts';
import type { World } from '../explore/world.ts';
import { signInByHttp } from '../models/sign-in-by-http.ts';
import { EdgeClient } from '../../fleet/edge/client.ts';
import { groups } from '../../fixtures/people.ts';
import { burstsOf } from './bursts.ts';
import { FleetEvents } from './fleet-events.ts';
import { isServed, outcomeOf, signedIn, signInFailed, type Outcome } from './outcome.ts';
import type { Plan, PlanStep } from './plan.ts';

type RequestStep = Extract<PlanStep, { do: 'request' }>;

/** The outcome of each replayed request, by its index in the story. */
export type Played = ReadonlyMap<number, Outcome>;

const html = { accept: 'text/html', 'x-edge-kind': 'browser' };
const browser = 'laptop';
/** Maximum milliseconds between the first and the last of several concurrent requests. */
const longestOffsetMs = 3000;

/** Replays a story on a fleet, with a new user and browser each time. */
export class Player {
  readonly #world: World;
  readonly #events: FleetEvents;
  readonly #edge: EdgeClient;

  constructor(world: World) {
    this.#world = world;
    this.#events = new FleetEvents(world);
    this.#edge = new EdgeClient(world.fleet.edge);
  }

  async play({ steps, hasRoles }: Plan): Promise<Played> {
    const played = new Map<number, Outcome>();
    const isIn = new Set<AppName>();
    await this.#world.begin(hasRoles ? undefined : [groups.customers]);
    await this.#events.start();
    try {
      for (const group of burstsOf(steps, (step) => (step.do === 'request' ? step.request : undefined))) {
        const [first] = group;
        if (first && first.do !== 'request') {
          await this.#events.apply(first);
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
    } finally {
      await this.#events.end();
    }
    return played;
  }

  async #request({ request: { app, does, path }, pod }: RequestStep): Promise<Outcome> {
    if (does === 'sign in') return this.#signIn(app, pod);
    const place = { browser, app } as const;
    const pinned = pod === undefined ? {} : { pod };
    const own = this.#world.originOf(app);
    const answer = await this.#world.request(place, path, {
      ...pinned,
      ...(does === 'open page' && { headers: html }),
      ...(does === 'sign out' && { method: 'POST' as const, headers: { origin: own } }),
    });
    const { status, headers, url } = answer;
    const { location } = headers;
    // The browser signs out at Authentik.
    if (does === 'sign out' && location) await this.#world.browser(browser).get(new URL(location, url).href);
    return outcomeOf({ status, location, setCookies: [headers['set-cookie'] ?? ''], url: new URL(url) });
  }

  async #signIn(app: AppName, pod: PodIndex | undefined): Promise<Outcome> {
    const { clientId } = this.#world.options;
    const name = pod === undefined ? undefined : (await this.#world.podsOf(app))[pod];
    await this.#edge.pin(clientId, name === undefined ? [] : [{ service: app, pod: name }]);
    try {
      await signInByHttp(this.#world.browser(browser), this.#world.originOf(app), this.#world.person('anna'));
      return signedIn;
    } catch {
      // The sentence would contain hosts and paths of this fleet, which cannot be in the recording.
      return signInFailed;
    } finally {
      await this.#edge.pin(clientId, []);
    }
  }
}

/** For a session that started before the recording: the pod that first served it. */
const podOfFirstServed = (steps: readonly PlanStep[], app: AppName): PodIndex | undefined =>
  steps.find(
    (step): step is RequestStep => step.do === 'request' && step.request.app === app && isServed(step.request.outcome),
  )?.pod;
