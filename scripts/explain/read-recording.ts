import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { HarnessError } from '../../fleet/errors.ts';
import { entriesIn, maxBytes, parsed, recordingOf, tooLarge, type Recording } from './har.ts';

/** The requests of a HAR or a trace of Playwright. @throws HarnessError with a sentence for anything else. */
export function readRecording(path: string): Recording {
  const bytes = readBytes(path);
  return recordingOf(isZip(bytes) ? entriesOfTrace(path, bytes) : entriesIn(decoded(bytes), path), path);
}

/** The `*.network` files of a trace have an entry of a HAR in each line. */
function entriesOfTrace(path: string, bytes: Uint8Array): unknown[] {
  const lines = networkLogs(path, bytes).flatMap((text) => text.split('\n').filter((line) => line.trim() !== ''));
  const events = lines.map((line) => parsed(line, path) as { type?: string; snapshot?: unknown } | null);
  const snapshots = events.filter((event) => event?.type === 'resource-snapshot').map((event) => event?.snapshot);
  // Playwright writes a request when it ends; a browser's HAR has them as they began.
  return snapshots.toSorted((a, b) => startOf(a) - startOf(b));
}

/** Milliseconds by a clock that nobody sets. */
const startOf = (snapshot: unknown): number => {
  const { _monotonicTime: start = 0 } = (snapshot ?? {}) as { _monotonicTime?: number };
  return start;
};

const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;

const decoded = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function networkLogs(path: string, bytes: Uint8Array): string[] {
  let logs: Uint8Array[];
  let size = 0;
  const isLog = ({ name, originalSize }: { name: string; originalSize: number }): boolean =>
    name.endsWith('.network') && (size += originalSize) <= maxBytes;
  try {
    logs = Object.values(unzipSync(bytes, { filter: isLog }));
  } catch {
    throw new HarnessError(`${path} is no readable zip file. Give the trace.zip that Playwright wrote.`);
  }
  if (size > maxBytes) throw new HarnessError(`The network log of ${path} ${tooLarge}`);
  if (logs.length > 0) return logs.map(decoded);
  throw new HarnessError(`${path} has no network log. Give a trace.zip of Playwright, recorded with tracing on.`);
}

/** The bytes of a file, decompressed when it is gzip. @throws HarnessError when it cannot be read or is too large. */
function readBytes(path: string): Buffer {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile()) throw new HarnessError(`There is no file ${path}. Give a HAR, or a trace.zip of Playwright.`);
  if (stats.size > maxBytes) throw new HarnessError(`${path} ${tooLarge}`);
  const bytes = readFileSync(path);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch {
    throw new HarnessError(`${path} is gzip that is damaged, incomplete, or ${tooLarge}`);
  }
}
