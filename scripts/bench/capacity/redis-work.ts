import type { Redis } from 'ioredis';
import { fieldsOf } from '../redis-info.ts';

/** What Redis has done since it started, by `INFO`. */
export interface RedisWork {
  /** Calls by the name of the command in lower case; those of a script count beside its `eval`. */
  commands: Readonly<Record<string, number>>;
  /** Bytes that came from clients, and that went to them. */
  bytesIn: number;
  bytesOut: number;
  cpuMs: number;
}

/** Commands of the probes and of the measurement, which are no cost of a session. */
const notOfSessions: ReadonlySet<string> = new Set(['info', 'ping']);
/** `*1\r\n$4\r\nping\r\n` and `+PONG\r\n`: the probes of the pods. */
const ping = { bytesIn: 14, bytesOut: 7 };

export async function redisWork(redis: Redis): Promise<RedisWork> {
  return parseWork(await redis.info('stats', 'cpu', 'commandstats'));
}

export function parseWork(info: string): RedisWork {
  const fields = fieldsOf(info);
  const number = (name: string): number => Number(fields.get(name) ?? 0);
  const calls = [...fields].flatMap(([name, value]) => {
    const count = /^calls=(\d+)/.exec(value)?.[1];
    return name.startsWith('cmdstat_') && count ? [[name.slice('cmdstat_'.length), Number(count)] as const] : [];
  });
  return {
    commands: Object.fromEntries(calls),
    bytesIn: number('total_net_input_bytes'),
    bytesOut: number('total_net_output_bytes'),
    cpuMs: (number('used_cpu_user') + number('used_cpu_sys')) * 1000,
  };
}

/** What came between two readings. The bytes of probes are taken out. */
export function workBetween(before: RedisWork, after: RedisWork): RedisWork {
  const called = (name: string): number => (after.commands[name] ?? 0) - (before.commands[name] ?? 0);
  const names = Object.keys(after.commands).filter((name) => called(name) > 0 && !notOfSessions.has(name));
  return {
    commands: Object.fromEntries(names.map((name) => [name, called(name)])),
    bytesIn: after.bytesIn - before.bytesIn - called('ping') * ping.bytesIn,
    bytesOut: after.bytesOut - before.bytesOut - called('ping') * ping.bytesOut,
    cpuMs: after.cpuMs - before.cpuMs,
  };
}
