import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { productionHosts } from '../../hosts.ts';
import { thisProcess } from '../../run/process-identity.ts';
import { createRun } from '../../run/state.ts';

beforeEach(() => vi.stubEnv('FLEET_STATE_DIR', mkdtempSync(join(tmpdir(), 'runs-'))));
afterEach(() => {
  rmSync(process.env['FLEET_STATE_DIR']!, { recursive: true });
  vi.unstubAllEnvs();
});

const edge = {
  proxyUrl: 'http://127.0.0.1:1',
  controlUrl: 'http://127.0.0.1:2',
  controlToken: 't',
  caFile: '',
  spki: '',
};

/** What a helper process does when its standard input closes, after a Ctrl-C that is meant for its owner. */
async function outputAfterOwner(): Promise<string> {
  const source = `import { endWithOwner } from ${JSON.stringify(join(import.meta.dirname, 'end-with-owner.ts'))};
    endWithOwner('mine', async () => console.log('ended'));
    console.log('waits');`;
  const helper = spawn(process.execPath, ['--input-type=module-typescript', '-e', source], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const output = text(helper.stdout);
  await once(helper.stdout, 'readable');
  helper.kill('SIGINT');
  helper.stdin.end();
  return output;
}

test.each([
  ['ends with it', { detached: false, edge }, 'waits\nended\n'],
  ['ends with it, detached, while it is being started', { detached: true }, 'waits\nended\n'],
  ['stays when it is detached and up', { detached: true, edge }, 'waits\n'],
])('a run whose owner is gone %s', async (_, state, output) => {
  const owner = thisProcess();
  createRun({ runId: 'mine', engine: 'k3s', startedAt: '', hosts: productionHosts, owner, processes: [], ...state });
  expect(await outputAfterOwner()).toBe(output);
});

test('one that is gone already is not ended again', async () => {
  expect(await outputAfterOwner()).toBe('waits\n');
});
