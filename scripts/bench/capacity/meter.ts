import type { Redis } from 'ioredis';
import { AuthentikControl } from '../../../fixtures/authentik/control/client.ts';
import type { Fleet } from '../../../fleet/engines/shared/engine.ts';
import { measuredApp } from '../visitors.ts';
import { podCpu } from './pod-processes.ts';
import { redisWork, workBetween, type RedisWork } from './redis-work.ts';

/** What one action of a person costs. */
export interface Cost {
  redisCommands: Readonly<Record<string, number>>;
  redisBytesIn: number;
  redisBytesOut: number;
  redisCpuMs: number;
  appCpuMs: number;
  platformApiCpuMs: number;
  /** Requests to Authentik's token endpoint. */
  tokenRequests: number;
}

interface Reading {
  redis: RedisWork;
  appCpuMs: number;
  platformApiCpuMs: number;
  authentik: number;
}

/** Measures what actions cost, on a fleet with nobody else. */
export class Meter {
  readonly #redis: Redis;
  readonly #authentik: AuthentikControl;
  readonly #appCpu: () => number;
  readonly #platformApiCpu: () => number;

  private constructor(redis: Redis, authentik: AuthentikControl, appCpu: () => number, platformApiCpu: () => number) {
    this.#redis = redis;
    this.#authentik = authentik;
    this.#appCpu = appCpu;
    this.#platformApiCpu = platformApiCpu;
  }

  static async on(fleet: Fleet, redis: Redis): Promise<Meter> {
    const [appCpu, platformApiCpu] = await Promise.all([podCpu(fleet, measuredApp), podCpu(fleet, 'platform-api')]);
    return new Meter(redis, new AuthentikControl(fleet.authentikControl), appCpu, platformApiCpu);
  }

  /** The mean cost of one of the `count` actions that `work` consists of. */
  async costOf(count: number, work: () => Promise<unknown>): Promise<Cost> {
    // Reading Redis costs bytes of Redis, which the next reading contains: measured by two readings in a row.
    const first = await this.#read();
    const before = await this.#read();
    const reading = workBetween(first.redis, before.redis);
    await work();
    const after = await this.#read();
    const redis = workBetween(before.redis, after.redis);
    const { requests } = await this.#authentik.requests({ after: before.authentik });
    return {
      redisCommands: Object.fromEntries(Object.entries(redis.commands).map(([name, calls]) => [name, calls / count])),
      redisBytesIn: (redis.bytesIn - reading.bytesIn) / count,
      redisBytesOut: (redis.bytesOut - reading.bytesOut) / count,
      redisCpuMs: Math.max(0, redis.cpuMs - reading.cpuMs) / count,
      appCpuMs: (after.appCpuMs - before.appCpuMs) / count,
      platformApiCpuMs: (after.platformApiCpuMs - before.platformApiCpuMs) / count,
      tokenRequests: requests.filter(({ grantType }) => grantType !== undefined).length / count,
    };
  }

  async #read(): Promise<Reading> {
    const { next } = await this.#authentik.requests({ after: Number.MAX_SAFE_INTEGER });
    return {
      authentik: next,
      appCpuMs: this.#appCpu(),
      platformApiCpuMs: this.#platformApiCpu(),
      redis: await redisWork(this.#redis),
    };
  }
}
