import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { scratchState } from '../../fleet/testing.ts';
import { engineOf } from '../../fleet/product/fleet.ts';
import { productionHosts } from '../../fleet/product/hosts.ts';
import { beginRun, variablesOfRun, runDirectory } from '../../fleet/run/state.ts';
import { down } from './down.ts';
import { list } from './status.ts';

let pod: ChildProcess;
let output: string;
beforeEach(async () => {
  scratchState();
  beginRun('local', { runId: 'well', detached: true, hosts: productionHosts });
  mkdirSync(runDirectory('hurt'), { recursive: true });
  // What a crash or a full disk may leave in place of a run's state.
  writeFileSync(join(runDirectory('hurt'), 'state.json'), '{"runId":"hurt","engine":"lo');
  pod = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)'], {
    env: { ...process.env, ...variablesOfRun('hurt') },
  });
  await once(pod.stdout!, 'data');
  output = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((output += String(text))));
});
afterEach(() => {
  vi.restoreAllMocks();
  pod.kill('SIGKILL');
});

const ended = async (): Promise<boolean> => {
  if (pod.exitCode === null && pod.signalCode === null) await once(pod, 'exit');
  return true;
};

describe('a state file that is half-written', () => {
  test('is listed as abandoned, beside the others', async () => {
    list({});
    expect(output).toMatch(/well +up/);
    expect(output).toMatch(/hurt +abandoned/);
  });

  test('down ends it with its processes, and no other', async () => {
    await down(undefined, {});
    expect(output).toContain('hurt is down.');
    expect(await ended()).toBe(true);
    expect(existsSync(runDirectory('hurt'))).toBe(false);
    expect(existsSync(runDirectory('well'))).toBe(true);
  });

  test('a fleet that comes up clears it away', async () => {
    const late = AbortSignal.abort();
    await expect(engineOf('local').up({ signal: late })).rejects.toThrow('canceled');
    expect(await ended()).toBe(true);
    expect(existsSync(runDirectory('hurt'))).toBe(false);
  });
});
