import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { exitCodes } from '../../fleet/errors.ts';

import { productionHosts } from '../../fleet/hosts.ts';
import { thisProcess } from '../../fleet/run/process-identity.ts';
import { createRun, runDirectory, type EngineName } from '../../fleet/run/state.ts';
import { down } from './down.ts';
import { list } from './list.ts';
import { status } from './status.ts';

let said: string;
beforeEach(() => {
  vi.stubEnv('FLEET_STATE_DIR', mkdtempSync(join(tmpdir(), 'not-asked-')));
  // An address without a Docker, so that this also works on a machine that has one.
  vi.stubEnv('DOCKER_HOST', 'tcp://127.0.0.1:1');
  said = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((said += String(text))));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(process.env['FLEET_STATE_DIR']!, { recursive: true });
  vi.unstubAllEnvs();
});

const begin = (runId: string, engine: EngineName): void =>
  createRun({
    runId,
    engine,
    startedAt: '2026-01-01T00:00:00.000Z',
    detached: true,
    hosts: productionHosts,
    owner: thisProcess(),
    processes: [],
  });
const isThere = (runId: string): boolean => existsSync(runDirectory(runId));

describe('a k3s run on a machine without Docker', () => {
  beforeEach(() => begin('kept-k3s', 'k3s'));

  test('is listed with a sentence, beside a local run', async () => {
    begin('well', 'local');
    await list({});
    expect(said).toMatch(/well +up/);
    expect(said).toMatch(/kept-k3s +unknown/);
    expect(said).toMatch(
      /kept-k3s: the k3s engine cannot tell whether it is up\. Docker does not answer .* docker info/,
    );
    said = '';
    await list({ json: true });
    const rows = JSON.parse(said) as Array<Record<string, unknown>>;
    expect(rows.find(({ runId }) => runId === 'well')).toMatchObject({ alive: true });
    const unknown = rows.find(({ runId }) => runId === 'kept-k3s');
    expect(unknown).toMatchObject({ problem: expect.stringContaining('Docker does not answer') });
    expect(unknown).not.toHaveProperty('alive');
  });

  test('keeps nobody from the run that lives', async () => {
    begin('well', 'local');
    await expect(status(undefined, {})).rejects.toThrow('The run well is not up yet.');
  });

  test('is no "No fleet is up", and that it cannot be told is no "cannot run here"', async () => {
    await expect(status(undefined, {})).rejects.toMatchObject({
      message: expect.stringMatching(/^kept-k3s: the k3s engine cannot tell whether it is up\. Docker does not answer/),
      exitCode: exitCodes.harnessFailed,
    });
  });

  test('keeps no named run of another engine from its end, whose engine alone is asked', async () => {
    begin('well', 'local');
    await down('well', {});
    expect(said).toBe('well is down.\n');
    expect([isThere('well'), isThere('kept-k3s')]).toEqual([false, true]);
  });

  test('stays when it is named, and that is said', async () => {
    begin('well', 'local');
    await expect(down('kept-k3s', {})).rejects.toMatchObject({
      message: expect.stringMatching(/^Docker does not answer .* docker info/),
      exitCode: exitCodes.cannotRunHere,
    });
    expect([isThere('well'), isThere('kept-k3s')]).toEqual([true, true]);
  });

  test('may be the run that is meant when none is named', async () => {
    begin('well', 'local');
    await expect(down(undefined, {})).rejects.toThrow(
      'There are several runs: well, kept-k3s. Name one, or use --all.',
    );
    expect(isThere('well')).toBe(true);
  });

  test('is the one that is not ended by --all', async () => {
    begin('well', 'local');
    begin('other', 'local');
    await expect(down(undefined, { all: true })).rejects.toMatchObject({
      message: expect.stringMatching(/^kept-k3s could not be ended: Docker does not answer/),
      exitCode: exitCodes.cannotRunHere,
    });
    expect(said.split('\n').toSorted()).toEqual(['', 'other is down.', 'well is down.']);
    expect([isThere('well'), isThere('other'), isThere('kept-k3s')]).toEqual([false, false, true]);
  });
});
