import Table from 'cli-table3';
import { assumed, needOf, sessionsWithin, totalOf, type Load, type Need } from './forecast.ts';
import type { SessionMemory } from './memory.ts';
import type { Cost } from './meter.ts';

const plain = { style: { head: [], border: [] } };
const sessionCounts = [10_000, 1_000_000];
const mib = 2 ** 20;

const number = (value: number, digits = 0): string =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const limitedTo = (digits: number) => (value: number) => number(value, digits);

/** One line for each action of a person. */
export function tableOfCosts(costs: ReadonlyArray<readonly [what: string, cost: Cost]>): string {
  const head = ['each', 'Redis commands', 'of these', 'bytes to / from Redis', 'CPU ms: app', 'platform-api', 'Redis'];
  const table = new Table({ head: [...head, 'token requests'], ...plain });
  for (const [what, cost] of costs) {
    const calls = Object.entries(cost.redisCommands)
      .filter(([, count]) => count >= 0.05)
      .map(([name, count]) => `${name} ${number(count, 1)}`);
    table.push([
      what,
      number(totalOf(cost.redisCommands), 1),
      calls.join('\n'),
      `${number(cost.redisBytesIn)} / ${number(cost.redisBytesOut)}`,
      number(cost.appCpuMs, 1),
      number(cost.platformApiCpuMs, 1),
      number(cost.redisCpuMs, 2),
      number(cost.tokenRequests, 1),
    ]);
  }
  return table.toString();
}

export const describeMemory = ({ entryBytes, bytes }: SessionMemory): string =>
  `A session takes ${number(bytes)} bytes of Redis; its entry alone ${number(entryBytes)}.`;

/** A resource, and how much of it there is. Without `most`: it can be anything. */
const resources: ReadonlyArray<{
  what: string;
  need: (of: Need) => number;
  show: (value: number) => string;
  limit?: { most: number; why: string };
}> = [
  { what: 'requests per second', need: (of) => of.requestsPerSecond, show: limitedTo(0) },
  { what: 'memory of Redis, MiB', need: (of) => of.redisBytes / mib, show: limitedTo(0) },
  { what: 'Redis commands per second', need: (of) => of.redisCommandsPerSecond, show: limitedTo(0) },
  { what: 'traffic of Redis, MiB per second', need: (of) => of.redisBytesPerSecond / mib, show: limitedTo(1) },
  {
    what: 'CPU cores of Redis',
    need: (of) => of.redisCores,
    show: limitedTo(2),
    limit: { most: 1, why: 'Redis has one thread' },
  },
  {
    what: 'CPU cores of the app',
    need: (of) => of.appCores,
    show: limitedTo(1),
    limit: { most: 2, why: '2 replicas, one thread each' },
  },
  {
    what: 'CPU cores of platform-api',
    need: (of) => of.platformApiCores,
    show: limitedTo(1),
    limit: { most: 2, why: '2 replicas, one thread each' },
  },
  { what: 'refreshes per second at Authentik', need: (of) => of.refreshesPerSecond, show: limitedTo(1) },
];

/** What many sessions need, and up to how many the present Deployments suffice. */
export function tableOfNeeds(load: Load): string {
  const heads = sessionCounts.map((count) => `${number(count)} sessions`);
  const table = new Table({ head: ['in the busiest hour', ...heads, 'enough up to'], ...plain });
  for (const { what, need, show, limit } of resources) {
    const enough = limit ? `${number(sessionsWithin(load, need, limit.most))} sessions (${limit.why})` : '';
    table.push([what, ...sessionCounts.map((count) => show(need(needOf(count, load)))), enough]);
  }
  return table.toString();
}

export const describeAssumptions = (): string =>
  `Assumed: the people of ${assumed.inUse * 100} % of the sessions work at once, and each opens ` +
  `${assumed.pagesPerMinute} page and makes ${assumed.apiCallsPerMinute} API calls a minute.`;
