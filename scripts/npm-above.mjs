// npm forwards signals to its child, but it cannot forward SIGKILL: the child must notice itself that npm has ended.
// Plain Node without dependencies: this runs before anything is installed.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Polling interval in milliseconds. */
const interval = 500;

/** A process and its parent. @typedef {{ pid: number, parent: number }} Link */

/** @param {number} pid @returns {{ parent: number, command: string } | undefined} undefined when it has ended */
function processOf(pid) {
  try {
    if (process.platform !== 'linux') {
      const [parent = '', ...command] = execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], {
        encoding: 'utf8',
      })
        .trim()
        .split(/\s+/);
      return { parent: Number(parent), command: command.join(' ') };
    }
    // proc_pid_stat(5): the command in parentheses may contain any character, so the fields are counted from its end.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [opening, closing] = [stat.indexOf('('), stat.lastIndexOf(')')];
    return { parent: Number(stat.slice(closing + 2).split(' ')[1]), command: stat.slice(opening + 1, closing) };
  } catch {
    return undefined;
  }
}

const isShell = (/** @type {string} */ command) => /(^|\/|-)(ba|da|a|z|k)?sh$/.test(command);

/** The npm that started this process, possibly through a shell; undefined when it was not npm. */
export function npmAbove() {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const own = { pid: process.pid, parent: process.ppid };
  const starter = processOf(own.parent);
  return starter && isShell(starter.command) ? [own, { pid: own.parent, parent: starter.parent }] : [own];
}

/** Calls back once when npm has ended: a process whose parent has ended gets a new parent. @param {Link[]} links */
export function whenGone(links, /** @type {() => void} */ callback) {
  const timer = setInterval(() => {
    if (links.every(({ pid, parent }) => processOf(pid)?.parent === parent)) return;
    clearInterval(timer);
    callback();
  }, interval);
  timer.unref();
}
