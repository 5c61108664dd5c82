import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, expect, test, vi, beforeEach } from 'vitest';
import { CannotRunHere } from '../../errors.ts';
import { scratchFolder } from '../../testing.ts';
import { Docker, loadArchive } from './docker.ts';

afterEach(() => vi.unstubAllEnvs());

test.each(['unix:///nowhere/docker.sock', 'tcp://127.0.0.1:1'])(
  'the Docker that DOCKER_HOST names is used, and no other: %s',
  async (address) => {
    vi.stubEnv('DOCKER_HOST', address);
    await expect(Docker.connect()).rejects.toThrow(CannotRunHere);
  },
);

const content = Buffer.from('images '.repeat(50_000));
let folder: string;
let loaded: string;

beforeEach(() => {
  folder = scratchFolder();
  loaded = '';
});

function file(name: string, bytes: Uint8Array): string {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

/** Like Docker's client, it waits for more data until it is aborted. It does not notice the end of the stream. */
async function load(from: Readable, signal: AbortSignal): Promise<void> {
  const chunks: Buffer[] = [];
  from.on('error', () => {}).on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve, reject) => {
    from.once('end', resolve);
    signal.addEventListener('abort', reject);
  });
  loaded = Buffer.concat(chunks).toString();
}

test.each([
  ['a.tar', content],
  ['a.tar.gz', gzipSync(content)],
  ['a.tar.zst', zstdCompressSync(content)],
])('%s is loaded', async (name, bytes) => {
  await loadArchive(file(name, bytes), load);
  expect(loaded).toBe(content.toString());
});

test.each([
  ['of other bytes', 'a.tar.gz', Buffer.from('no archive')],
  ['of other bytes', 'a.tar.zst', Buffer.from('no archive')],
  ['cut off', 'a.tar.gz', gzipSync(content).subarray(0, 100)],
])('one that is %s (%s) is told by its name', async (_, name, bytes) => {
  const archive = file(name, bytes);
  const loading = loadArchive(archive, load);
  await expect(loading).rejects.toThrow(CannotRunHere);
  await expect(loading).rejects.toThrow(`${archive} cannot be loaded into Docker: `);
});
