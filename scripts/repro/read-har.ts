import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { z } from 'zod';
import { HarnessError } from '../../fleet/errors.ts';
import { progress } from '../command/run-command.ts';
import { entrySchema, exchangeOf, type BrowserExchange } from './exchange.ts';

/** Largest file that is read, before and after decompression, in bytes. */
const maxBytes = 150 * 1024 * 1024;
const harSchema = z.object({ log: z.object({ entries: z.array(z.unknown()) }) });

/** The exchanges of a HAR 1.2 file, the oldest first. @throws HarnessError with a sentence for anything else. */
export function readHar(path: string): BrowserExchange[] {
  const har = harSchema.safeParse(parsed(new TextDecoder().decode(readBytes(path)), path));
  if (!har.success)
    throw new HarnessError(`${path} is JSON, but no HAR: it has no log.entries. Export the network log as HAR.`);
  return exchangesOf(har.data.log.entries, path);
}

/** The exchanges of a Playwright trace: its `*.network` files have an entry of a HAR in each line. */
export function readTrace(path: string): BrowserExchange[] {
  const lines = networkLogs(path).flatMap((text) => text.split('\n').filter((line) => line.trim() !== ''));
  const events = lines.map((line) => parsed(line, path) as { type?: string; snapshot?: unknown } | null);
  return exchangesOf(
    events.filter((event) => event?.type === 'resource-snapshot').map((event) => event?.snapshot),
    path,
  );
}

function networkLogs(path: string): string[] {
  const bytes = readBytes(path);
  let logs: Uint8Array[];
  try {
    logs = Object.values(unzipSync(bytes, { filter: ({ name }) => name.endsWith('.network') }));
  } catch {
    throw new HarnessError(`${path} is no readable zip file. Give the trace.zip that Playwright wrote.`);
  }
  if (logs.length > 0) return logs.map((log) => new TextDecoder().decode(log));
  throw new HarnessError(`${path} has no network log. Give a trace.zip of Playwright, recorded with tracing on.`);
}

/** Browsers write requests that start together in any order. */
const mostDisorderMs = 10_000;

/** Those entries that are usable, the oldest first. @throws HarnessError when none is. */
function exchangesOf(entries: readonly unknown[], path: string): BrowserExchange[] {
  const wrong: string[] = [];
  const read = entries.flatMap((entry, index) => {
    const { data, error } = entrySchema.safeParse(entry);
    const { _monotonicTime: started } = data ?? {};
    if (data) return [{ exchange: exchangeOf(data), started }];
    const [{ path: where, message } = { path: [], message: '' }] = error.issues;
    wrong.push(`entry ${index} has no usable ${where.join('.') || 'content'} (${message})`);
    return [];
  });
  if (read.length === 0)
    throw new HarnessError(
      `${path} has no requests${wrong[0] ? `: ${wrong[0]}` : ''}. Record while the 401 happens, then export.`,
    );
  if (wrong.length > 0) progress(`${wrong.length} of ${entries.length} entries are left out: ${wrong[0]}.`);
  const isOrdered = read.every(({ started }) => started !== undefined);
  const [first] = read;
  const isSet =
    isOrdered &&
    read.some(
      ({ exchange, started }) =>
        Math.abs(exchange.at - first!.exchange.at - (started! - first!.started!)) > mostDisorderMs,
    );
  const exchanges = (isOrdered ? read.toSorted((a, b) => a.started! - b.started!) : read).map(
    ({ exchange }) => exchange,
  );
  const isTimeUnsure =
    isSet || exchanges.some(({ at }, index) => index > 0 && exchanges[index - 1]!.at - at > mostDisorderMs);
  return (isOrdered ? exchanges : exchanges.toSorted((a, b) => a.at - b.at)).map((exchange) => ({
    ...exchange,
    ...(isTimeUnsure && { isTimeUnsure }),
  }));
}

/** The bytes of a file, decompressed when it is gzip. @throws HarnessError when it cannot be read or is too large. */
function readBytes(path: string): Buffer {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile()) throw new HarnessError(`There is no file ${path}. See: npm run repro -- --help`);
  const tooLarge = `is larger than ${maxBytes / 1024 / 1024} MiB. Record only the failing minutes, and export without content.`;
  if (stats.size > maxBytes) throw new HarnessError(`${path} ${tooLarge}`);
  const bytes = readFileSync(path);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch {
    throw new HarnessError(`${path} is gzip that is damaged, incomplete, or ${tooLarge}`);
  }
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new HarnessError(
      `${path} is not JSON, or is truncated. Export it again as HAR, or give a Playwright trace with --trace.`,
    );
  }
}
