import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { exitCodes } from '../errors.ts';
import { createAuthority } from '../run/certificate-authority.ts';
import { EdgeClient } from './client.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const { caCertPem, caKeyPem, leafKeyPem } = await createAuthority({ runId: 'main' });
const environment = {
  HOST: '127.0.0.1',
  PORT: '0',
  CONTROL_PORT: '0',
  CONTROL_TOKEN: 't',
  EDGE_CA_CERT: caCertPem,
  EDGE_CA_KEY: caKeyPem,
  EDGE_LEAF_KEY: leafKeyPem,
};

function start(env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [main], { env: { ...environment, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

test('it says where it listens, and ends on SIGTERM with idle clients connected', async () => {
  const child = start();
  const [line] = await once(child.stdout, 'data');
  const { controlPort } = JSON.parse(String(line)) as { controlPort: number };
  const client = new EdgeClient({ controlUrl: `http://127.0.0.1:${controlPort}`, controlToken: 't' });
  // The client's connection stays open.
  expect(await client.cursor()).toBe(0);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([exitCodes.passed, null]);
  await expect(client.cursor()).rejects.toThrow(/does not answer/);
});

test.each([
  [{ CONTROL_TOKEN: '', PORT: 'x' }, /^The edge did not start\.[^]*at PORT[^]*at CONTROL_TOKEN/],
  [{ HOST: '203.0.113.1' }, /EADDRNOTAVAIL/],
])('%j ends it with a sentence', async (env, sentence) => {
  const child = start(env);
  const [error, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect(error).toMatch(sentence);
  expect(code).toBe(exitCodes.harnessFailed);
});
