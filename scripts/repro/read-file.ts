import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { HarnessError } from '../../fleet/errors.ts';

/** Largest file that is read, before and after decompression, in bytes. */
export const maxBytes = 150 * 1024 * 1024;
const mib = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MiB`;

const tooLarge = (path: string, size: string, limit: number): HarnessError =>
  new HarnessError(
    `${path} has ${size}; at most ${mib(limit)} are read. Record only the failing minutes, and export the HAR without ` +
      'content (in Chromium: Network, Export HAR (sanitized)).',
  );

export const tooLargeInside = (path: string, limit: number): HarnessError =>
  tooLarge(path, `more than ${mib(limit)} after decompression`, limit);

/** The bytes of a file, decompressed when it is gzip. @throws HarnessError when it cannot be read or is too large. */
export function readLimited(path: string, limit = maxBytes): Buffer {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) throw new HarnessError(`There is no file ${path}. See: npm run repro -- --help`);
  if (size > limit) throw tooLarge(path, mib(size), limit);
  if (size === 0) throw new HarnessError(`${path} is empty. Export it again.`);
  const bytes = read(path);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLargeInside(path, limit);
    throw new HarnessError(`${path} is gzip and cannot be decompressed. It may be incomplete: copy it again.`);
  }
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new HarnessError(
      `${path} cannot be read (${(error as NodeJS.ErrnoException).code}). Name a file: --har file.har`,
    );
  }
}
