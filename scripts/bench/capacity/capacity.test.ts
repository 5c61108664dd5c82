import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../../../fleet/root.ts';
import {
  assumed,
  costWithout,
  needOf,
  refreshesPerHour,
  renewalMarginSeconds,
  sessionsWithin,
  type Load,
} from './forecast.ts';
import { ofSameShape } from '../copied-sessions.ts';
import type { Cost } from './meter.ts';
import { parseWork, workBetween } from './redis-work.ts';

const cost = (of: Partial<Cost>): Cost => ({
  redisCommands: {},
  redisBytesIn: 0,
  redisBytesOut: 0,
  redisCpuMs: 0,
  appCpuMs: 0,
  platformApiCpuMs: 0,
  tokenRequests: 0,
  ...of,
});

const load: Load = {
  bytesPerSession: 4_000,
  apiCall: cost({ redisCommands: { get: 1 }, appCpuMs: 3 }),
  page: cost({ redisCommands: { get: 5 }, appCpuMs: 30 }),
  refresh: cost({ redisCommands: { set: 2 }, tokenRequests: 1 }),
  refreshesPerHour: 12,
};

test('a need is the sum of what working people do', () => {
  const sessions = 600 / assumed.inUse;
  const need = needOf(sessions, load);
  const [api, pages, refreshes] = [10 * assumed.apiCallsPerMinute, 10 * assumed.pagesPerMinute, 2];
  expect(need.redisBytes).toBe(sessions * 4_000);
  expect(need.refreshesPerSecond).toBeCloseTo(refreshes);
  expect(need.requestsPerSecond).toBeCloseTo(api + pages);
  expect(need.redisCommandsPerSecond).toBeCloseTo(api + 5 * pages + 2 * refreshes);
  expect(need.appCores).toBeCloseTo((3 * api + 30 * pages) / 1000);
});

test('the sessions within a limit need it, and one more needs more', () => {
  const cores = ({ appCores }: { appCores: number }): number => appCores;
  const most = sessionsWithin(load, cores, 2);
  expect(cores(needOf(most, load))).toBeLessThanOrEqual(2);
  expect(cores(needOf(most + 1, load))).toBeGreaterThan(2);
});

test.each([
  [300, 3600 / 270],
  [3600, 3600 / 3570],
  [60, 3600 / 45],
])('a token of %i s is renewed %d times an hour', (lifetime, times) => {
  expect(refreshesPerHour(lifetime)).toBeCloseTo(times);
});

test('the margin is that of the apps', () => {
  const source = readFileSync(join(repositoryRoot, 'apps/base/server/sessions/refresh-due.ts'), 'utf8');
  expect(source).toContain(`const margin = ${renewalMarginSeconds};`);
});

test('a cost on top of another is never negative', () => {
  const request = cost({ redisCommands: { get: 1 }, appCpuMs: 5 });
  const refreshing = cost({ redisCommands: { get: 2, set: 1 }, appCpuMs: 4 });
  expect(costWithout(refreshing, request)).toMatchObject({ redisCommands: { get: 1, set: 1 }, appCpuMs: 0 });
});

test('a copied session has another id of the same shape', () => {
  const key = 'operator:oidc:0f8fad5b-d9cb-469f-a165-70867728950e';
  const copy = ofSameShape(key);
  expect(copy).toMatch(/^operator:oidc:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/);
  expect(copy).not.toBe(key);
});

const info = (calls: { get: number; ping: number }, bytesIn: number, bytesOut: number): string =>
  [
    '# Stats',
    `total_net_input_bytes:${bytesIn}`,
    `total_net_output_bytes:${bytesOut}`,
    '# CPU',
    'used_cpu_sys:1.5',
    'used_cpu_user:0.25',
    '# Commandstats',
    `cmdstat_get:calls=${calls.get},usec=12,usec_per_call=3.00,rejected_calls=0,failed_calls=0`,
    `cmdstat_ping:calls=${calls.ping},usec=1,usec_per_call=1.00,rejected_calls=0,failed_calls=0`,
    'cmdstat_client|setname:calls=2,usec=1,usec_per_call=0.50,rejected_calls=0,failed_calls=0',
  ].join('\r\n');

test('INFO becomes calls, bytes and CPU time', () => {
  expect(parseWork(info({ get: 4, ping: 7 }, 100, 900))).toEqual({
    commands: { get: 4, ping: 7, 'client|setname': 2 },
    bytesIn: 100,
    bytesOut: 900,
    cpuMs: 1750,
  });
});

test('between two readings the probes do not count', () => {
  const before = parseWork(info({ get: 4, ping: 7 }, 100, 900));
  const after = parseWork(info({ get: 6, ping: 9 }, 300, 2_000));
  expect(workBetween(before, after)).toEqual({
    commands: { get: 2 },
    bytesIn: 200 - 2 * 14,
    bytesOut: 1_100 - 2 * 7,
    cpuMs: 0,
  });
});
