import { readFileSync } from 'node:fs';
import { familyOf } from '../../fleet/run/process-identity.ts';

/** Kinds of processes of a run by their command line; the first that matches counts. */
const kinds = [
  // By the name of the program alone: a folder of the repository may have the same.
  ['browser', /^(?:\S*\/)?[^/\s]*(?:chrom|headless.shell)[^/\s]*(?:\s|$)/],
  ['builds', /nuxi|nitropack/],
  ['pods', /\.output\/server\/index\.mjs/],
  ['mock Authentik', /fixtures\/authentik\//],
  ['edge', /fleet\/edge\//],
  ['upstreams', /fixtures\/upstreams\//],
  ['Redis', /redis-server|valkey-server/],
  ['test runner', /playwright/],
  ['supervisor', /supervisor\.ts/],
] as const;

export type ProcessKind = (typeof kinds)[number][0] | 'command';

/** Clock ticks per second of proc(5); sysconf(_SC_CLK_TCK) is 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** CPU time of a process and its descendants, by kind. It must be sampled while they live. Linux only. */
export class ProcessUsage {
  readonly #pid: number;
  /** The newest reading of each process that was seen, also of those that have ended. */
  readonly #seen = new Map<string, { kind: ProcessKind; ticks: number }>();

  constructor(pid: number) {
    this.#pid = pid;
  }

  sample(): void {
    for (const { pid, startTime } of familyOf(this.#pid)) {
      try {
        const key = `${pid} ${startTime}`;
        // The command line of a process that is ending is empty.
        const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const kind = commandLine === '' ? (this.#seen.get(key)?.kind ?? 'command') : processKind(commandLine);
        this.#seen.set(key, { kind, ticks: ticksOf(readFileSync(`/proc/${pid}/stat`, 'utf8')) });
      } catch {
        // It has ended since it was listed.
      }
    }
  }

  /** CPU seconds by kind, most first. What a process uses after its last sample is not in it. */
  get cpuSeconds(): Array<[ProcessKind, number]> {
    const byKind = Map.groupBy(this.#seen.values(), ({ kind }) => kind);
    return [...byKind]
      .map(([kind, its]): [ProcessKind, number] => [
        kind,
        its.reduce((sum, { ticks }) => sum + ticks, 0) / ticksPerSecond,
      ])
      .toSorted(([, a], [, b]) => b - a);
  }
}

export const processKind = (commandLine: string): ProcessKind =>
  kinds.find(([, pattern]) => pattern.test(commandLine))?.[0] ?? 'command';

/** User and system time; fields 14 and 15, counted behind the name, which may contain spaces. */
function ticksOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** Resident set of a process, in bytes (proc(5), VmRSS). */
export function residentBytes(pid: number): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib ?? 0) * 1024;
}
