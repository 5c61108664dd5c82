import * as z from 'zod/mini';
import { HarnessError } from '../../fleet/errors.ts';
import { entrySchema, exchangeOf, type BrowserExchange } from './exchange.ts';

/** Largest file that is read, before and after decompression, in bytes. */
export const maxBytes = 100 * 1024 * 1024;
/** Most requests that are read: some rules look at pairs of them. */
const mostEntries = 8_000;
/** Most objects and lists of a file: each takes far more memory than its two characters. */
const mostObjects = 3_000_000;

/** The end of a sentence about a file. */
export const tooLarge = `is larger than ${maxBytes / 1024 / 1024} MiB. Record only the failing minutes, and export without content.`;

const harSchema = z.object({ log: z.object({ entries: z.array(z.unknown()) }) });

/** The requests of a recording, and a sentence about those that cannot be read. */
export interface Recording {
  exchanges: BrowserExchange[];
  leftOut?: string;
}

/** The entries of a HAR 1.2 file. @throws HarnessError with a sentence for anything else. */
export function entriesIn(text: string, file: string): unknown[] {
  const har = harSchema.safeParse(parsed(text, file));
  if (har.success) return har.data.log.entries;
  throw new HarnessError(`${file} is JSON, but no HAR: it has no log.entries. Export the network log as HAR.`);
}

export function parsed(text: string, file: string): unknown {
  let objects = 0;
  for (const opening of ['{', '['])
    for (let at = text.indexOf(opening); at >= 0; at = text.indexOf(opening, at + 1)) objects += 1;
  if (objects > mostObjects)
    throw new HarnessError(
      `${file} has ${objects} objects and lists, which no recording of some minutes has. Record only the failing minutes.`,
    );
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new HarnessError(
      `${file} is not JSON, or is truncated. Export it again as HAR, or give the trace.zip of Playwright.`,
    );
  }
}

/** Browsers write requests that start together in any order. */
const mostDisorderMs = 10_000;

/** Those entries that are usable, the oldest first. @throws HarnessError when none is. */
export function recordingOf(entries: readonly unknown[], file: string): Recording {
  if (entries.length > mostEntries)
    throw new HarnessError(
      `${file} has ${entries.length} requests, and at most ${mostEntries} are read. Record only the failing minutes.`,
    );
  const wrong: string[] = [];
  const exchanges = entries.flatMap((entry, index) => {
    const { data, error } = entrySchema.safeParse(entry);
    if (data) return [exchangeOf(data)];
    const [{ path: where, message } = { path: [], message: '' }] = error.issues;
    wrong.push(`entry ${index} has no usable ${where.join('.') || 'content'} (${message})`);
    return [];
  });
  if (exchanges.length === 0)
    throw new HarnessError(
      `${file} has no requests${wrong[0] ? `: ${wrong[0]}` : ''}. Record while the 401 happens, then export.`,
    );
  // A browser also records pages without a server, such as data: and blob:.
  const ofHttp = exchanges.filter(({ url }) => /^https?:$/.test(url.protocol));
  const isTimeUnsure = ofHttp.some(({ at }, index) => index > 0 && ofHttp[index - 1]!.at - at > mostDisorderMs);
  return {
    exchanges: ofHttp
      .toSorted((a, b) => a.at - b.at)
      .map((exchange) => ({ ...exchange, ...(isTimeUnsure && { isTimeUnsure }) })),
    ...(wrong.length > 0 && { leftOut: `${wrong.length} of ${entries.length} entries are left out: ${wrong[0]}.` }),
  };
}
