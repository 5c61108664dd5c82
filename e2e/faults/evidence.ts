import { httpsOf } from '../../fleet/hosts.ts';
import { until } from '../../fleet/until.ts';
import type { World } from './world.ts';

/**
 * Measures the fleet before a fault is injected. @returns a function that waits until the fault has taken effect, for at
 * most `timeoutMs`, and returns what is wrong. Without it a cell that allows success would pass when nothing was injected.
 */
export type Evidence = (world: World) => Promise<(timeoutMs: number) => Promise<string[]>>;

type Measure<Measured> = (world: World) => Promise<Measured>;

const evidence =
  <Measured>(measure: Measure<Measured>, of: string, shows: (now: Measured, before: Measured) => boolean): Evidence =>
  async (world) => {
    const before = await measure(world);
    return (timeoutMs) => {
      let now: Measured;
      return until(async () => shows((now = await measure(world)), before), {
        timeoutMs,
        intervalMs: 50,
        failure: () =>
          new Error(`unproven: ${of} is ${JSON.stringify(now)}; before the fault: ${JSON.stringify(before)}`),
      }).then(
        () => [],
        ({ message }: Error) => [message],
      );
    };
  };

/** Timeout of a request, milliseconds. */
const requestTimeoutMs = 2000;

const redisRun: Measure<string | undefined> = ({ sessionStore }) =>
  sessionStore
    .withNewConnection(async (redis) => /^run_id:(\w+)/m.exec(await redis.info('server'))?.[1])
    .catch(() => undefined);

/** New connections reach another Redis process: restarted, or the new primary. */
export const redisIsReplaced = evidence(
  redisRun,
  'the process of Redis',
  (now, before) => now !== undefined && now !== before,
);

/** An operation takes at least this many milliseconds, even when it fails. */
const takes = (milliseconds: number, of: string, something: (world: World) => Promise<unknown>): Evidence =>
  evidence(
    async (world) => {
      const begin = performance.now();
      await something(world).catch(() => {});
      return Math.round(performance.now() - begin);
    },
    `the time of ${of} in ms`,
    (now) => now >= milliseconds,
  );

/** Redis answers a PING after at least this many milliseconds, or never. */
export const redisIsSlow = (milliseconds: number): Evidence =>
  takes(milliseconds, 'a PING', ({ sessionStore }) => sessionStore.withNewConnection((redis) => redis.ping()));

/** The cluster-internal Service of platform-api responds after at least this many milliseconds. */
export const platformApiIsSlow = (milliseconds: number): Evidence =>
  takes(milliseconds, 'an answer of platform-api', async ({ fleet }) => {
    const { host, port } = await fleet.reach('platform-api', 80);
    await fetch(`http://${host}:${port}/health/ready`);
  });

/** Redis rejects writes with this error. */
export const redisRefuses = (error: 'OOM' | 'READONLY'): Evidence =>
  evidence(
    async ({ sessionStore }) => {
      const write = sessionStore.withNewConnection<string>((redis) => redis.set('evidence', 1, 'PX', 1));
      return write.catch(({ message }: Error) => message);
    },
    'the answer of Redis to a write',
    (now) => String(now).startsWith(error),
  );

/** A connection to Redis was closed. The apps keep theirs open otherwise. */
export const connectionsClose = evidence(
  ({ sessionStore }) =>
    sessionStore
      .withNewConnection(async (redis) => {
        const own = String(await redis.client('ID'));
        const list = String(await redis.client('LIST'));
        return [...list.matchAll(/^id=(\d+)/gm)].map(([, id = '']) => id).filter((id) => id !== own);
      })
      .catch(() => undefined),
  'the list of connections to Redis',
  (now, before) => now !== undefined && before?.some((id) => !now.includes(id)) === true,
);

/** Status and content type of a response of a host, or the network error. */
const answerOf =
  (address: (world: World) => string, method: 'GET' | 'POST' = 'GET'): Measure<string> =>
  async (world) => {
    const browser = await world.newRequests();
    return browser.fetch(address(world), { method, timeout: requestTimeoutMs }).then(
      (answer) => {
        const { 'content-type': type, 'retry-after': seconds } = answer.headers();
        return `${answer.status()} ${type}${seconds === undefined ? '' : `, Retry-After ${seconds}`}`;
      },
      ({ message }: Error) => message.split('\n')[0] ?? '',
    );
  };

export const noAnswer = /Timeout/;

/** The token endpoint responds like this to any client. */
export const tokenEndpointAnswers = (pattern: RegExp): Evidence =>
  evidence(
    answerOf(({ fleet }) => `${httpsOf(fleet.hosts.auth)}/application/o/token/`, 'POST'),
    'the answer of the token endpoint',
    (now) => pattern.test(now),
  );

export const platformApiAnswers = (pattern: RegExp): Evidence =>
  evidence(
    answerOf(({ fleet }) => `${httpsOf(fleet.hosts.api)}/health/ready`),
    'the answer of platform-api',
    (now) => pattern.test(now),
  );

/** Authentik publishes other signing keys. */
export const keysChange = evidence(
  async ({ fleet, appName, newRequests }) => {
    const answer = await (await newRequests()).get(`${httpsOf(fleet.hosts.auth)}/application/o/${appName}/jwks/`);
    return ((await answer.json()) as { keys: Array<{ kid: string }> }).keys.map(({ kid }) => kid).join();
  },
  'the ids of the signing keys',
  (now, before) => now !== before,
);

/** The clock of Authentik deviates by this many minutes. */
export const clockIsOff = (minutes: number): Evidence =>
  evidence(
    async ({ authentik, fleet, newRequests }) => {
      const { next } = await authentik.requests({ after: Number.MAX_SAFE_INTEGER });
      await (await newRequests()).get(`${httpsOf(fleet.hosts.auth)}/`, { maxRedirects: 0 });
      const { requests } = await authentik.requests({ after: next });
      return Math.round(((requests[0]?.at ?? 0) - Date.now()) / 60_000);
    },
    'the clock of Authentik in minutes',
    (now) => now === minutes,
  );

export const secretChanges = evidence(
  async ({ authentik, appName }) => (await authentik.provider(appName)).clientSecret,
  'the client secret',
  (now, before) => now !== before,
);

/** At least `count` pods were deleted, ended or restarted. */
export const podsEnd = (deployment: (world: World) => string, count: number): Evidence =>
  evidence(
    async (world) =>
      (await world.fleet.pods(deployment(world)))
        .filter(({ phase }) => phase === 'Running')
        // During a restart back-off the pod is Running and its restart count is unchanged, but it has no start time.
        .map(({ name, startedAt, restarts }) => `${name} of ${startedAt}, restarts ${restarts}`),
    'the pods',
    (now, before) => before.filter((pod) => !now.includes(pod)).length >= count,
  );
