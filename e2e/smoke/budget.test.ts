import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { appNames } from '../../apps/environment/apps.ts';

const root = join(import.meta.dirname, '../..');

test('a run against hosts that hang ends with its budget, says what was not checked, and is no verdict', async () => {
  const sockets = new Set<Socket>();
  const hanging = createServer((socket) => sockets.add(socket.on('error', () => {}))).listen(0, '127.0.0.1');
  await once(hanging, 'listening');
  const { port } = hanging.address() as AddressInfo;
  const reports = mkdtempSync(join(tmpdir(), 'smoke-'));
  const hosts = [...appNames, 'auth'].map((role) => `${role}.dezky.example`);
  const smoke = spawn(
    process.execPath,
    [
      '--',
      join(root, 'scripts/smoke.ts'),
      ...hosts.flatMap((host) => [`--url-${host.split('.')[0]}`, `https://${host}`]),
      ...hosts.flatMap((host) => ['--connect-to', `${host}:443:127.0.0.1:${port}`]),
      '--budget',
      '6',
      '--reports',
      reports,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, SMOKE_USERNAME: '', SMOKE_PASSWORD: '' } },
  );
  try {
    const [output, [code]] = await Promise.all([text(smoke.stdout), once(smoke, 'exit') as Promise<[number]>]);
    expect(output).toContain('The budget of 6 s was used up before');
    expect(output).toContain('  operator: its certificate is trusted and does not expire soon\n');
    expect(output).toContain('  portal: every pod is on the expected revision\n');
    expect(code).toBe(2);
    const { checks } = JSON.parse(readFileSync(join(reports, 'smoke.json'), 'utf8')) as {
      checks: Array<{ status: string }>;
    };
    expect(checks.filter(({ status }) => status === 'failed' || status === 'passed')).toEqual([]);
  } finally {
    smoke.kill('SIGKILL');
    for (const socket of sockets) socket.destroy();
    hanging.close();
    rmSync(reports, { recursive: true, force: true });
  }
}, 120_000);
