import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { canonical, forgetOldArchives, readArchive } from './images.ts';

test.each([
  ['redis:7', 'docker.io/library/redis:7'],
  ['dezky/operator:abc', 'docker.io/dezky/operator:abc'],
  ['ghcr.io/owner/name:1', 'ghcr.io/owner/name:1'],
])('containerd writes %s as %s', (reference, written) => {
  expect(canonical(reference)).toBe(written);
});

const folderOfArchives = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'archives-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

test('an archive is read while Docker writes it, and the next reader gets the kept one', async () => {
  const folder = folderOfArchives();
  const written: string[] = [];
  const docker = {
    imageId: (reference: string) => Promise.resolve(`id of ${reference}`),
    saved: () =>
      Promise.resolve(
        (async function* () {
          for (const part of ['lay', 'ers']) {
            written.push(part);
            yield Buffer.from(part);
          }
        })(),
      ),
  };
  const read = async (archive: AsyncIterable<Uint8Array>): Promise<string[]> => {
    const chunks: string[] = [];
    for await (const chunk of archive) chunks.push(`${Buffer.from(chunk).toString()} after ${written.length}`);
    return chunks;
  };
  const results: string[][] = [];
  const once = () => readArchive(docker, ['a', 'b'], async (archive) => void results.push(await read(archive)), folder);
  await once();
  expect(readdirSync(folder)).toEqual([expect.stringMatching(/^[\da-f]{16}\.tar$/)]);
  await once();
  expect(results).toEqual([['lay after 1', 'ers after 2'], ['layers after 2']]);
});

test('of the archives the newest stay, and of the drafts those that somebody writes', async () => {
  const folder = folderOfArchives();
  // A number above the highest pid on Linux.
  const names = ['1.tar', '2.tar', '3.tar', '4.tar', '4.tar.lock', '5.tar.4194305', `6.tar.${process.pid}`];
  for (const [age, name] of names.entries()) {
    writeFileSync(join(folder, name), '');
    utimesSync(join(folder, name), age, age);
  }
  await forgetOldArchives(folder);
  expect(readdirSync(folder).toSorted()).toEqual(['2.tar', '3.tar', '4.tar', '4.tar.lock', `6.tar.${process.pid}`]);
});
