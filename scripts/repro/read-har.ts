import { z } from 'zod';
import { HarnessError } from '../../fleet/errors.ts';
import { progress } from '../command/run-command.ts';
import { entrySchema, exchangeOf, type Exchange } from './exchange.ts';
import { readLimited } from './read-file.ts';

const harSchema = z.object({ log: z.object({ entries: z.array(z.unknown()) }) });

/** The exchanges of a HAR 1.2 file, the oldest first. @throws HarnessError with a sentence for anything else. */
export function readHar(path: string): Exchange[] {
  const har = harSchema.safeParse(json(textOf(readLimited(path)), path));
  if (!har.success)
    throw new HarnessError(`${path} is JSON, but no HAR: it has no log.entries. Export the network log as HAR.`);
  return exchangesOf(har.data.log.entries, path);
}

/** Those entries that are usable, the oldest first. @throws HarnessError when none is. */
export function exchangesOf(entries: readonly unknown[], path: string): Exchange[] {
  if (entries.length === 0)
    throw new HarnessError(`${path} has no requests. Record while the 401 happens, then export.`);
  const wrong: string[] = [];
  const exchanges = entries.flatMap((entry, index) => {
    const { data, error } = entrySchema.safeParse(entry);
    if (data) return [exchangeOf(data)];
    const [{ path: where, message } = { path: [], message: '' }] = error.issues;
    wrong.push(`entry ${index} has no usable ${where.join('.') || 'content'} (${message})`);
    return [];
  });
  if (exchanges.length === 0) throw new HarnessError(`${path}: ${wrong[0]}. Export it again.`);
  if (wrong.length > 0) progress(`${wrong.length} of ${entries.length} entries are left out: ${wrong[0]}.`);
  return exchanges.toSorted((a, b) => a.at - b.at);
}

/** Windows PowerShell writes UTF-16 with a byte order mark. */
function textOf(bytes: Buffer): string {
  const mark = bytes.subarray(0, 2).toString('hex');
  return new TextDecoder(mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8').decode(bytes);
}

function json(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const isJson = /^\s*\{/.test(text);
    throw new HarnessError(
      isJson
        ? `${path} is truncated or damaged: its JSON does not end properly after ${text.length} characters. Export or copy it again.`
        : `${path} is no HAR: it is not JSON. Export the network log as HAR, or give a Playwright trace with --trace.`,
    );
  }
}
