import type { Cost } from './meter.ts';

/** What is measured and what it is applied to. */
export interface Load {
  bytesPerSession: number;
  apiCall: Cost;
  page: Cost;
  /** A request that renews the tokens, without the request itself. */
  refresh: Cost;
  /** Of a person who works all the time. */
  refreshesPerHour: number;
}

/** What is assumed of people. docs/capacity.md states it. */
export const assumed = {
  /** Share of the stored sessions whose people work in the busiest hour. Sessions stay for 14 days after their last use. */
  inUse: 0.2,
  /** Of a person who works, on average over the hour. */
  pagesPerMinute: 1,
  apiCallsPerMinute: 4,
} as const;

/** What a number of sessions needs in the busiest hour. */
export interface Need {
  redisBytes: number;
  requestsPerSecond: number;
  redisCommandsPerSecond: number;
  redisBytesPerSecond: number;
  redisCores: number;
  appCores: number;
  platformApiCores: number;
  refreshesPerSecond: number;
}

export function needOf(sessions: number, { bytesPerSession, apiCall, page, refresh, refreshesPerHour }: Load): Need {
  const working = sessions * assumed.inUse;
  const refreshesPerSecond = (working * refreshesPerHour) / 3600;
  const rates = [
    { cost: apiCall, perSecond: (working * assumed.apiCallsPerMinute) / 60 },
    { cost: page, perSecond: (working * assumed.pagesPerMinute) / 60 },
    { cost: refresh, perSecond: refreshesPerSecond },
  ];
  const sum = (part: (cost: Cost) => number): number =>
    rates.reduce((total, { cost, perSecond }) => total + part(cost) * perSecond, 0);
  return {
    redisBytes: sessions * bytesPerSession,
    requestsPerSecond: (working * (assumed.apiCallsPerMinute + assumed.pagesPerMinute)) / 60,
    redisCommandsPerSecond: sum(({ redisCommands }) => totalOf(redisCommands)),
    redisBytesPerSecond: sum(({ redisBytesIn, redisBytesOut }) => redisBytesIn + redisBytesOut),
    redisCores: sum(({ redisCpuMs }) => redisCpuMs) / 1000,
    appCores: sum(({ appCpuMs }) => appCpuMs) / 1000,
    platformApiCores: sum(({ platformApiCpuMs }) => platformApiCpuMs) / 1000,
    refreshesPerSecond,
  };
}

/** The most sessions whose need of a resource is at most this. Every need grows linearly with the sessions. */
export const sessionsWithin = (load: Load, need: (of: Need) => number, most: number): number =>
  Math.floor(most / need(needOf(1, load)));

/** Seconds before its end at which the apps renew a token: apps/base/server/sessions/refresh-due.ts. */
export const renewalMarginSeconds = 30;

/** Renewals per hour of the tokens of a person who works all the time. A short token is renewed in its last quarter. */
export const refreshesPerHour = (lifetimeSeconds: number): number =>
  3600 / (lifetimeSeconds - Math.min(renewalMarginSeconds, lifetimeSeconds / 4));

export const totalOf = (commands: Cost['redisCommands']): number =>
  Object.values(commands).reduce((sum, calls) => sum + calls, 0);

/** The cost of one action on top of another that it contains. CPU times are noisy, so none falls below 0. */
export function costWithout(cost: Cost, other: Cost): Cost {
  const without = (part: (of: Cost) => number): number => Math.max(0, part(cost) - part(other));
  const names = Object.keys(cost.redisCommands);
  return {
    redisCommands: Object.fromEntries(
      names.map((name) => [name, without(({ redisCommands }) => redisCommands[name] ?? 0)]),
    ),
    redisBytesIn: without(({ redisBytesIn }) => redisBytesIn),
    redisBytesOut: without(({ redisBytesOut }) => redisBytesOut),
    redisCpuMs: without(({ redisCpuMs }) => redisCpuMs),
    appCpuMs: without(({ appCpuMs }) => appCpuMs),
    platformApiCpuMs: without(({ platformApiCpuMs }) => platformApiCpuMs),
    tokenRequests: without(({ tokenRequests }) => tokenRequests),
  };
}
