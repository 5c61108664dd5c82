import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { HarnessError } from '../errors.ts';
import { send } from '../programs.ts';

// Not a library: those that list processes have pids and names, but not the start time that detects a reused pid.

/** Identifies a process, so that a later one with the same pid is not confused with it. */
export interface ProcessIdentity {
  pid: number;
  /** Boot id and clock ticks since boot when /proc exists, otherwise the output of `ps -o lstart`. */
  startTime: string;
}

interface Status {
  pid: number;
  startTime: string;
  parent: number;
  group: number;
  zombie: boolean;
}

const bootId = (() => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return undefined;
  }
})();

const hasProc = bootId !== undefined;

/** Undefined when there is no such process, or it is a zombie. */
export function identify(pid: number): ProcessIdentity | undefined {
  const status = statusOf(pid);
  return status && !status.zombie ? { pid, startTime: status.startTime } : undefined;
}

export function thisProcess(): ProcessIdentity {
  const identity = identify(process.pid);
  if (identity) return identity;
  throw new HarnessError('This process cannot be identified. Is /proc or `ps` missing?');
}

export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startTime === identity.startTime;
}

/**
 * Signals the process, and its whole group if it is the group leader. Does nothing when another process has the pid by
 * now.
 */
export function signalTree(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  const status = statusOf(identity.pid);
  if (!status || status.startTime !== identity.startTime) return;
  send(status.group === identity.pid ? -identity.pid : identity.pid, signal);
}

/** The process and all its current descendants, children last. */
export function familyOf(pid: number): ProcessIdentity[] {
  const children = new Map<number, number[]>();
  for (const child of statuses()) children.set(child.parent, [...(children.get(child.parent) ?? []), child.pid]);
  const family: ProcessIdentity[] = [];
  const queue = [pid];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const identity = identify(next);
    if (identity) family.push(identity);
    queue.push(...(children.get(next) ?? []));
  }
  return family;
}

/** The process and its ancestors, up to the first that cannot be read. */
export function ancestorsOf(pid: number): number[] {
  const line: number[] = [];
  for (let next = pid; next > 1 && !line.includes(next); next = statusOf(next)?.parent ?? 0) line.push(next);
  return line;
}

/** Processes whose environment holds the variable with this value. Empty where there is no /proc. */
export const processesWithEnvironment = (name: string, value: string): ProcessIdentity[] =>
  processesOf((folder) => readFileSync(`${folder}/environ`, 'utf8').split('\0').includes(`${name}=${value}`));

/** Processes whose working folder is this one or below it. Empty where there is no /proc. */
export const processesIn = (folder: string): ProcessIdentity[] =>
  processesOf((its) => `${readlinkSync(`${its}/cwd`)}/`.startsWith(`${folder}/`));

/** The processes whose folder in /proc says so. */
function processesOf(isWanted: (folder: string) => boolean): ProcessIdentity[] {
  if (!hasProc) return [];
  return allPids().flatMap((pid) => {
    try {
      return isWanted(`/proc/${pid}`) ? (identify(pid) ?? []) : [];
    } catch {
      return []; // Has ended, or belongs to another user.
    }
  });
}

const allPids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

const statuses = (): Status[] => (hasProc ? allPids().flatMap((pid) => fromProc(pid) ?? []) : fromPs('-ax'));

const statusOf = (pid: number): Status | undefined => (hasProc ? fromProc(pid) : fromPs('-p', String(pid))[0]);

/** proc_pid_stat(5): the command in parentheses may contain any character, so the fields are counted from its end. */
function fromProc(pid: number): Status | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // state is field 3, ppid 4, pgrp 5, starttime 22.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    pid,
    zombie: fields[0] === 'Z' || fields[0] === 'X',
    parent: Number(fields[1]),
    group: Number(fields[2]),
    startTime: `${bootId}:${fields[19]}`,
  };
}

/** Synchronous, like the reads of /proc. */
const fromPs = (...selection: string[]): Status[] =>
  spawnSync('ps', ['-o', 'pid=,stat=,ppid=,pgid=,lstart=', ...selection], { encoding: 'utf8' })
    .stdout.split('\n')
    .flatMap((line) => {
      const [, pid, state = '', parent, group, startTime = ''] =
        /^\s*(\d+)\s+(\S+)\s+(\d+)\s+(\d+)\s+(.+?)\s*$/.exec(line) ?? [];
      return pid === undefined
        ? []
        : [
            {
              pid: Number(pid),
              startTime,
              parent: Number(parent),
              group: Number(group),
              zombie: state.startsWith('Z'),
            },
          ];
    });

/** Sends SIGKILL to the process, its group and its children; never to the caller or to spared processes. */
export function endFamily(identity: ProcessIdentity, spared: readonly number[] = []): void {
  if (spared.includes(identity.pid) || !isAlive(identity)) return;
  for (const member of familyOf(identity.pid)) {
    if (member.pid !== process.pid && !spared.includes(member.pid)) signalTree(member, 'SIGKILL');
  }
}
