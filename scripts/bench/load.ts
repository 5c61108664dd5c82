import { randomInt } from 'node:crypto';
import { request } from '@playwright/test';
import type { Redis } from 'ioredis';
import { isSessionKey } from '../../e2e/contract.ts';
import { SessionKeys, type StoredKey } from '../../e2e/models/session-store.ts';
import { routes } from '../../e2e/models/app.ts';
import { signInByHttp } from '../../e2e/claims/sign-in-by-http.ts';
import { AuthentikControl } from '../../fixtures/authentik/control/client.ts';
import { groups } from '../../fixtures/people.ts';
import { randomPerson } from '../../fixtures/person.ts';
import { engineOf } from '../../fleet/product/fleet.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import { processesWithEnvironment } from '../../fleet/run/process-identity.ts';
import { trustAuthority } from '../../fleet/run/authority.ts';
import { interruption } from '../command/interruption.ts';
import { progress } from '../command/run-command.ts';
import { eachPart, without, tableOfLoad, type Cost, type LoadPoint } from './load-table.ts';
import { cpuMsOfProcess, residentBytes } from './process-usage.ts';

const sessionCounts = [100, 1_000, 10_000];
/** People who really sign in. All other sessions are copies of one. */
const peopleCount = 20;
const requests = 200;
const refreshRounds = 3;
/** A new process is slow until its code is compiled. */
const warmUpRequests = 400;
/** Copies for each round trip to Redis. */
const batch = 1_000;

const app = 'operator';
type GetPath = (path: string) => Promise<void>;

/** `bench load`: what sessions cost a local fleet. Linux only: it reads /proc. */
export async function load(): Promise<void> {
  progress('A local fleet starts …');
  await using fleet = await engineOf('local').up({ onProgress: (line) => progress(`  ${line}`), signal: interruption });
  trustAuthority(fleet.edge.caFile);
  const authentik = new AuthentikControl(fleet.authentikControl);
  using store = new SessionKeys(await fleet.reach('dezky-data', 6379));

  const people = await signedInPeople(fleet, authentik);
  const sessions = (await store.keys()).filter(({ key }) => isSessionKey(key));
  const [model] = sessions;
  if (!model || sessions.length !== peopleCount) {
    throw new HarnessError(`${peopleCount} sign-ins made ${sessions.length} sessions. Run the suite: npm run e2e`);
  }
  const redis = store.db(model.db);
  const meter = await meterOf(fleet, redis);
  const call = (index: number) => (people[index % peopleCount] as GetPath)('/api/me');
  const page = (index: number) => (people[index % peopleCount] as GetPath)('/');
  progress('The pods warm up …');
  await repeated(warmUpRequests, call);
  await repeated(warmUpRequests, page);

  const before = { redisBytes: await usedMemory(redis), count: sessions.length };
  const points: LoadPoint[] = [];
  let copies = 0;
  for (const count of sessionCounts) {
    progress(`${count} sessions …`);
    await addCopies(store, model, count - peopleCount - copies);
    copies = count - peopleCount;
    const redisBytes = await usedMemory(redis);
    const perCall = await meter.costOf(requests, () => repeated(requests, call));
    const perPage = await meter.costOf(requests, () => repeated(requests, page));
    const refreshes: Cost[] = [];
    for (let round = 0; round < refreshRounds; round += 1) {
      for (const session of sessions) await store.expireAccessToken(session);
      refreshes.push(await meter.costOf(peopleCount, () => repeated(peopleCount, call)));
    }
    points.push({
      sessions: count,
      redisBytes,
      bytesPerSession: (redisBytes - before.redisBytes) / (count - before.count),
      podBytes: meter.podBytes(),
      call: perCall,
      page: perPage,
      refresh: without(refreshes, perCall),
    });
  }
  console.log(tableOfLoad(points));
}

/** New people with a session of the app, each as a function that gets a path. */
async function signedInPeople(fleet: Fleet, authentik: AuthentikControl): Promise<GetPath[]> {
  const people: GetPath[] = [];
  for (let index = 0; index < peopleCount; index += 1) {
    interruption.throwIfAborted();
    const person = randomPerson(fleet.hosts.mail, [groups.operators]);
    await authentik.createUser(person);
    const client = await request.newContext({
      baseURL: httpsOf(fleet.hosts[app]),
      proxy: { server: fleet.edge.proxyUrl },
      extraHTTPHeaders: { 'x-edge-client': 'bench', 'x-edge-kind': 'api' },
    });
    await signInByHttp(client, httpsOf(fleet.hosts[app]), person, routes.signIn);
    people.push(async (path) => {
      const response = await client.get(path, { maxRedirects: 0 });
      const status = response.status();
      await response.dispose();
      if (status !== 200) {
        throw new HarnessError(`GET ${path} of ${app} answered ${status}, so its cost says nothing. Run: npm run e2e`);
      }
    });
  }
  return people;
}

async function repeated(count: number, run: (index: number) => Promise<void>): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    interruption.throwIfAborted();
    await run(index);
  }
}

/** Reads what the pods and Redis have used so far, and what a piece of work costs them. */
async function meterOf(fleet: Fleet, redis: Redis) {
  const [appPids, apiPids] = await Promise.all([podPids(fleet, app), podPids(fleet, 'platform-api')]);
  const cpuMs = (pids: readonly number[]) => pids.reduce((sum, pid) => sum + cpuMsOfProcess(pid), 0);
  const read = async (): Promise<Cost> => {
    const { used_cpu_user: user, used_cpu_sys: system } = fieldsOf(await redis.info('cpu'));
    return [cpuMs(appPids), cpuMs(apiPids), (Number(user) + Number(system)) * 1000];
  };
  return {
    podBytes: () => appPids.reduce((sum, pid) => sum + residentBytes(pid), 0),
    /** The mean cost of one of the `count` actions that `work` consists of. */
    async costOf(count: number, work: () => Promise<void>): Promise<Cost> {
      const begin = await read();
      await work();
      const end = await read();
      return eachPart((part) => (end[part] - begin[part]) / count);
    },
  };
}

async function podPids(fleet: Fleet, deployment: string): Promise<number[]> {
  const pods = await fleet.pods(deployment);
  const pids = pods.flatMap(({ name }) => processesWithEnvironment('POD_NAME', name).map(({ pid }) => pid));
  if (pids.length >= pods.length) return pids;
  throw new HarnessError(`The processes of ${deployment} are not in /proc. Run this on Linux.`);
}

/** Adds copies of a session with its index entries, each of another person. */
async function addCopies(store: SessionKeys, model: StoredKey, count: number): Promise<void> {
  const value = (await store.value(model)) ?? '{}';
  const { names = [] } = JSON.parse(value) as { names?: string[] };
  const [owner = ''] = model.key.split(':');
  for (let left = count; left > 0; left -= batch) {
    const pipeline = store.db(model.db).pipeline();
    for (let index = 0; index < Math.min(left, batch); index += 1) {
      const copy = withOtherId(model.key);
      pipeline.set(copy, value, 'EX', model.ttl);
      for (const name of names) {
        const key = withOtherId(`${owner}:${name}`);
        pipeline.zadd(key, model.ttl, copy).expire(key, model.ttl);
      }
    }
    await pipeline.exec();
  }
}

/** The key with other hexadecimal digits behind its last colon. */
const withOtherId = (key: string): string =>
  key.replace(/[^:]*$/, (id) => id.replaceAll(/[\da-f]/gi, () => randomInt(16).toString(16)));

/** Bytes that Redis has allocated, without the buffers of its connections: they change with what was sent last. */
async function usedMemory(redis: Redis): Promise<number> {
  const { used_memory: used, mem_clients_normal: clients } = fieldsOf(await redis.info('memory'));
  return Number(used) - Number(clients);
}

const fieldsOf = (info: string): Record<string, string> =>
  Object.fromEntries([...info.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name = '', value = '']) => [name, value]));
