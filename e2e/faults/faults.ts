import type { Fault as AuthentikFault } from '../../fixtures/authentik/state/faults.ts';
import type { Capability } from '../../fleet/engines/shared/capabilities.ts';
import type { NetworkFault } from '../../fleet/engines/shared/engine.ts';
import { redisPod, redisService } from '../models/pods.ts';
import { twoPods } from '../claims/two-pods.ts';
import {
  clockIsOff,
  connectionsClose,
  keysChange,
  noAnswer,
  platformApiAnswers,
  platformApiIsSlow,
  podsEnd,
  redisIsReplaced,
  redisIsSlow,
  redisRefuses,
  secretChanges,
  tokenEndpointAnswers,
  type Evidence,
} from './evidence.ts';
import { failover } from './failover.ts';
import { moments, type MomentName } from './moments.ts';
import { expectationOf, type Effects, type Expectation, type Seen } from './oracle.ts';
import type { End, World } from './world.ts';

/** Begins a fault. @returns how it ends, unless it does so by itself. */
type Begin = (world: World) => Promise<End | void>;

interface FaultData extends Effects {
  name: string;
  /** Shows that it has taken effect. */
  evidence: Evidence;
  /** What an engine needs for it, beside what the matrix needs. */
  needs?: readonly Capability[];
  /** The two moments at which the suite tries it. */
  worst: readonly [MomentName, MomentName];
  /** What is seen at a moment for a reason of this fault alone. */
  instead?: Partial<Record<MomentName, Seen>>;
  /** Regressions that turn it red at these moments. */
  tags?: readonly string[];
}

export type Fault = FaultData &
  (
    | { begin: Begin }
    /** With slow preparations that do not affect the apps. Resolves to how the fault begins. */
    | { prepare: (world: World) => Promise<() => Promise<End | void>> }
  );

const store = ['store reads', 'store writes'] as const;

/** Redis is stopped, and continued. */
const stopped: Begin = async ({ fleet }) => {
  const pod = await redisPod(fleet);
  await fleet.kill(pod, 'SIGSTOP');
  return () => fleet.kill(pod, 'SIGCONT');
};

const network =
  (fault: NetworkFault, service = redisService): Begin =>
  async ({ fleet }) => {
    await fleet.setNetworkFault!(service, fault);
    return () => fleet.setNetworkFault!(service);
  };

/** Redis has another setting, until it has its own again. */
const configured =
  (name: string, value: string, usual: string): Begin =>
  async ({ sessionStore }) => {
    const redis = sessionStore.db(0);
    await redis.config('SET', name, value);
    return () => redis.config('SET', name, usual);
  };

const authentik =
  (fault: AuthentikFault): Begin =>
  async (world) => {
    await world.authentik.setFault(fault);
    return () => world.authentik.clearFaults();
  };

/** A signal to every pod of a Deployment, and another one at the end. */
const signal =
  (deployment: string, begin: NodeJS.Signals, end?: NodeJS.Signals): Begin =>
  async ({ fleet }) => {
    const pods = await twoPods(fleet, deployment);
    await Promise.all(pods.map((pod) => fleet.kill(pod, begin)));
    if (end) return () => Promise.all(pods.map((pod) => fleet.kill(pod, end)));
  };

const ofRedis: readonly Fault[] = [
  {
    name: 'Redis is killed and keeps its data',
    evidence: redisIsReplaced,
    needs: ['kill', 'network-faults'],
    degrades: store,
    worst: ['with an expired access token', 'during a token request'],
    begin: async ({ fleet, sessionStore }) => {
      // Where the pod may write, Redis reads this file when it starts again.
      await sessionStore.db(0).save();
      await fleet.kill(await redisPod(fleet), 'SIGKILL');
    },
  },
  {
    name: 'Redis is killed and loses its data',
    evidence: redisIsReplaced,
    needs: ['kill'],
    degrades: store,
    losesSessions: true,
    tags: ['cookie-without-session-accepted', 'ended-session-blocks-sign-in', 'page-lost-when-session-ends'],
    worst: ['on a page', 'in a sign-out'],
    begin: async ({ fleet }) => fleet.kill(await redisPod(fleet), 'SIGKILL'),
  },
  {
    name: 'Redis hangs',
    evidence: redisIsSlow(1500),
    needs: ['kill'],
    breaks: store,
    tags: ['redis-outage-is-500', 'redis-without-timeouts', 'sign-out-needs-store', 'redis-outage-removes-cookie'],
    worst: ['in a call', 'in a sign-out'],
    begin: stopped,
  },
  {
    name: 'Redis has 300 ms latency',
    evidence: redisIsSlow(250),
    needs: ['network-faults'],
    tags: ['sign-in-without-cookie'],
    worst: ['with an expired access token', 'between authorize and callback'],
    begin: network({ delayMs: 300 }),
  },
  {
    name: 'Redis has 2 s latency',
    evidence: redisIsSlow(1500),
    needs: ['network-faults'],
    breaks: store,
    tags: ['logout-token-used-up-too-early'],
    worst: ['in a call', 'at a logout token'],
    begin: network({ delayMs: 2000 }),
  },
  {
    name: 'Redis is full',
    evidence: redisRefuses('OOM'),
    breaks: ['store writes'],
    // It still removes keys.
    instead: { 'in a sign-out': 'signed out' },
    tags: ['lock-write-refused-is-500'],
    worst: ['in two tabs with due tokens', 'with an expired access token'],
    begin: configured('maxmemory', '1', '0'),
  },
  {
    name: 'Redis is read-only',
    evidence: redisRefuses('READONLY'),
    breaks: ['store writes'],
    tags: ['session-write-refused-is-500', 'outage-page-is-json'],
    worst: ['between authorize and callback', 'in a sign-out'],
    begin: async ({ sessionStore }) => {
      const redis = sessionStore.db(0);
      // A replica that does not reach its primary still answers reads.
      await redis.replicaof('127.0.0.1', 1);
      return () => redis.replicaof('NO', 'ONE');
    },
  },
  {
    name: 'Redis fails over, and the old primary answers reads',
    evidence: redisIsReplaced,
    needs: ['network-faults'],
    degrades: ['store writes'],
    tags: ['old-primary-kept'],
    worst: ['with an expired access token', 'in a sign-out'],
    prepare: (world) => failover(world, { replicates: true }),
  },
  {
    name: 'Redis fails over to an empty replica',
    evidence: redisIsReplaced,
    needs: ['network-faults'],
    degrades: store,
    losesSessions: true,
    worst: ['in a call', 'on a page'],
    prepare: (world) => failover(world, { replicates: false }),
  },
  {
    name: 'connections to Redis are half-open',
    evidence: connectionsClose,
    needs: ['network-faults'],
    degrades: store,
    tags: ['half-open-connection-kept'],
    worst: ['in a call', 'in a sign-out'],
    begin: network({ openConnections: 'silent' }),
  },
  {
    name: 'connections to Redis are reset mid-reply',
    evidence: connectionsClose,
    needs: ['network-faults'],
    degrades: store,
    worst: ['in a call', 'during a token request'],
    begin: network({ openConnections: 'cut' }),
  },
  {
    name: 'Redis pauses for 300 ms',
    evidence: redisIsSlow(150),
    tags: ['redis-timeout-too-short'],
    worst: ['in a call', 'on a page'],
    begin: ({ sessionStore }) => sessionStore.answersLate(300),
  },
  {
    name: 'Redis pauses for 2 s',
    evidence: redisIsSlow(1500),
    degrades: store,
    worst: ['in a call', 'with an expired access token'],
    begin: ({ sessionStore }) => sessionStore.answersLate(2000),
  },
];

const tokens = ['token endpoint'] as const;

const ofAuthentik: readonly Fault[] = [
  {
    name: 'Authentik resets every connection',
    evidence: tokenEndpointAnswers(/^502 |ECONNRESET|socket hang up/),
    breaks: tokens,
    // A pod that has read it does without.
    degrades: ['key set'],
    worst: ['with an expired access token', 'between authorize and callback'],
    begin: authentik({ endpoint: 'all', status: 'refused' }),
  },
  {
    name: 'Authentik answers 503',
    evidence: tokenEndpointAnswers(/^503 /),
    breaks: tokens,
    // A pod that has read it does without.
    degrades: ['key set'],
    tags: [
      'idp-outage-signs-out',
      'valid-token-not-used',
      'failed-renewal-not-logged',
      'readiness-depends-on-authentik',
    ],
    worst: ['with an expired access token', 'in two tabs with due tokens'],
    begin: authentik({ endpoint: 'all', status: 503 }),
  },
  {
    name: 'Authentik hangs',
    evidence: tokenEndpointAnswers(noAnswer),
    breaks: tokens,
    // A pod that has read it does without.
    degrades: ['key set'],
    tags: ['authentik-wait-without-timeout', 'logout-keeps-key'],
    worst: ['with an expired access token', 'in a sign-out'],
    begin: authentik({ endpoint: 'all', status: 'hangs' }),
  },
  ...(
    [
      [6, 'between authorize and callback'],
      [20, 'in two tabs with due tokens'],
      [70, 'in two tabs with due tokens'],
    ] as const
  ).map(([seconds, moment]): Fault => ({
    name: `the token endpoint takes ${seconds} s`,
    evidence: tokenEndpointAnswers(noAnswer),
    breaks: tokens,
    // What was asked is still answered.
    recoversIn: seconds + 5,
    worst: ['with an expired access token', moment],
    begin: authentik({ tokenDelayMs: seconds * 1000 }),
  })),
  ...[
    { what: '429', fault: { tokenStatus: 429 }, answer: /^429 / },
    { what: '429 with Retry-After', fault: { tokenStatus: 429, retryAfter: 3 }, answer: /^429 .*, Retry-After 3/ },
    { what: '503 with Retry-After', fault: { tokenStatus: 503, retryAfter: 3 }, answer: /^503 .*, Retry-After 3/ },
    { what: '200 with an HTML page', fault: { tokenStatus: 200 }, answer: /^200 text\/html/ },
  ].map(({ what, fault, answer }): Fault => ({
    name: `the token endpoint answers ${what}`,
    evidence: tokenEndpointAnswers(answer),
    breaks: tokens,
    // After a failure a pod asks no other time until then.
    recoversIn: 8,
    worst: ['with an expired access token', 'between authorize and callback'],
    begin: authentik(fault),
  })),
  {
    name: 'Authentik replaces its signing keys',
    evidence: keysChange,
    worst: ['in a call', 'between authorize and callback'],
    begin: async (world) => {
      // Within a minute of a renewal a token that platform-api refuses is not renewed again.
      for (const session of world.sessions) await world.sessionStore.age(session, 60);
      await world.authentik.rotateKeys({ keepOld: false });
    },
  },
  ...[-4, 4].map((minutes): Fault => ({
    name: `the clock of Authentik is ${Math.abs(minutes)} min ${minutes < 0 ? 'behind' : 'ahead'}`,
    evidence: clockIsOff(minutes),
    // The code has expired by the new clock.
    ...(minutes > 0 && { instead: { 'between authorize and callback': 'sign-in page: unavailable' } }),
    worst: ['between authorize and callback', 'at a logout token'],
    begin: async (world) => {
      await world.authentik.setClock(minutes * 60);
      return () => world.authentik.setClock(0);
    },
  })),
  {
    name: 'the client secret was rotated',
    evidence: secretChanges,
    breaks: tokens,
    tags: ['page-lost-in-failed-sign-in'],
    worst: ['with an expired access token', 'between authorize and callback'],
    begin: async (world) => {
      const { clientSecret } = await world.authentik.provider(world.appName);
      await world.authentik.changeProvider(world.appName, { clientSecret: 'another-secret' });
      return () => world.authentik.changeProvider(world.appName, { clientSecret });
    },
  },
];

const ofPods: readonly Fault[] = [
  {
    name: 'platform-api hangs',
    evidence: platformApiAnswers(noAnswer),
    needs: ['kill'],
    breaks: ['platform-api'],
    tags: ['platform-api-without-timeout', 'platform-api-failure-not-logged'],
    worst: ['in a call', 'on a page'],
    begin: signal('platform-api', 'SIGSTOP', 'SIGCONT'),
  },
  {
    name: 'platform-api takes 2.5 s',
    needs: ['network-faults'],
    slows: ['platform-api'],
    evidence: platformApiIsSlow(2400),
    worst: ['in a call', 'with an expired access token'],
    begin: network({ delayMs: 2500 }, 'platform-api'),
  },
  {
    name: 'platform-api has no pod',
    evidence: podsEnd(() => 'platform-api', 2),
    breaks: ['platform-api'],
    recoversIn: 30,
    worst: ['in a call', 'on a page'],
    begin: async ({ fleet }) => {
      await fleet.scale('platform-api', 0);
      return () => fleet.scale('platform-api', 2);
    },
  },
  {
    name: 'platform-api restarts',
    evidence: podsEnd(() => 'platform-api', 2),
    needs: ['kill'],
    degrades: ['platform-api'],
    recoversIn: 60,
    worst: ['in a call', 'on a page'],
    begin: signal('platform-api', 'SIGKILL'),
  },
  {
    name: 'a pod is killed',
    evidence: podsEnd(({ appName }) => appName, 1),
    needs: ['kill'],
    withoutPod: true,
    recoversIn: 60,
    worst: ['in a call', 'between authorize and callback'],
    begin: async ({ fleet, appName }) => fleet.kill((await twoPods(fleet, appName))[0], 'SIGKILL'),
  },
  {
    name: 'a pod is deleted',
    evidence: podsEnd(({ appName }) => appName, 1),
    recoversIn: 30,
    worst: ['during a token request', 'between authorize and callback'],
    begin: async ({ fleet, appName }) => {
      const deleted = fleet.deletePod((await twoPods(fleet, appName))[0]);
      return () => deleted;
    },
  },
  {
    name: 'both pods restart at once',
    evidence: podsEnd(({ appName }) => appName, 2),
    needs: ['kill'],
    withoutPod: true,
    recoversIn: 60,
    worst: ['in a call', 'with an expired access token'],
    begin: (world) => signal(world.appName, 'SIGKILL')(world),
  },
];

/** What may happen to a fleet. The oracle reads the data of each, and nothing else of it. */
export const faults: readonly Fault[] = [...ofRedis, ...ofAuthentik, ...ofPods];

/** What must be true of a cell. */
export function wantedAt(fault: Fault, moment: MomentName): Expectation {
  const wanted = expectationOf(fault, moments[moment]);
  const instead = fault.instead?.[moment];
  return instead === undefined ? wanted : { ...wanted, sees: [instead] };
}

/** What is not tried here, and why. */
export const notTried: Readonly<Record<string, string>> = {
  'a pod is out of memory': 'The kernel ends its process as "a pod is killed" does.',
  'a pod is stopped':
    'Its readiness probe takes it out of the endpoints after 6 s, until when the ingress waits for it: rollout/pod-loss.spec.ts.',
  'the ingress restarts': 'It is not of the product: all that is open ends, as when a pod is killed.',
  'the name of Authentik is not resolved':
    'The apps reach it through the edge, which resolves names: for them it is "Authentik resets every connection".',
  'platform-api refuses a token':
    'The app renews the tokens and asks once more, whatever else fails: session/key-rotation.spec.ts.',
  'in a refresh, after the token request':
    'The fault would have to begin in the milliseconds between two commands. Redis hangs then in session/reasons.spec.ts.',
  'in a sign-out, after the store':
    'What is left is a revocation, for which nobody waits: session/reasons.spec.ts, session/refresh-and-sign-out.spec.ts.',
  'a pod is killed in a refresh of an expired token':
    'Calls get 503 not-renewed until the lock of the pod expires, after 20 s: docs/decisions/0012.',
  'a logout token comes late, or twice': 'Its claims do not depend on a fault: logout/back-channel.spec.ts.',
};
