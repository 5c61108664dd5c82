import { createReadStream } from 'node:fs';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { CannotRunHere } from '../../errors.ts';

const decompressors: Readonly<Record<string, () => NodeJS.ReadWriteStream>> = {
  '.zst': createZstdDecompress,
  '.gz': createGunzip,
};

/**
 * Streams a decompressed image archive to a loader, because `docker load` does not decompress zstd.
 * @param load aborted when the archive cannot be read completely, because its input would never end.
 * @throws CannotRunHere that names the file.
 */
export async function loadArchive(
  file: string,
  load: (content: Readable, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const decompress = Object.entries(decompressors).find(([suffix]) => file.endsWith(suffix))?.[1];
  const content = new PassThrough();
  const unreadable = new AbortController();
  const read = decompress
    ? pipeline(createReadStream(file), decompress(), content)
    : pipeline(createReadStream(file), content);
  const loaded = load(content, unreadable.signal);
  loaded.catch((error: unknown) => content.destroy(error as Error));
  try {
    await Promise.all([read, loaded]);
  } catch (cause) {
    unreadable.abort();
    await loaded.catch(() => {});
    throw new CannotRunHere(
      `${file} cannot be loaded into Docker: ${(cause as Error).message.trim()}. Make it anew with docker save, or remove it.`,
      { cause },
    );
  }
}
