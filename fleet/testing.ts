// What several unit tests need. `after` is when it ends: with the test, or with the file or group that it is made for.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Server as HttpServer } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';

type After = (end: () => void) => void;

/** A folder that is removed afterwards. vitest ignores an `afterAll` within a `beforeAll`: make it outside. */
export function scratchFolder(after: After = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-test-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs of the test have their files in a folder of its own. */
export function scratchState(): void {
  vi.stubEnv('FLEET_STATE_DIR', scratchFolder());
  onTestFinished(() => void vi.unstubAllEnvs());
}

/** The port of 127.0.0.1 at which a server listens until then. */
export async function listening(server: Server, after: After = onTestFinished): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  after(() => {
    if (server instanceof HttpServer || server instanceof HttpsServer) server.closeAllConnections();
    server.close();
  });
  return port;
}

/** A kubeconfig for the API server at this port of 127.0.0.1. */
export const kubeconfigFor = (port: number): string =>
  JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
