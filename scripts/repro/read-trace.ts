import { unzipSync } from 'fflate';
import { HarnessError } from '../../fleet/errors.ts';
import type { Exchange } from './exchange.ts';
import { maxBytes, readLimited, tooLargeInside } from './read-file.ts';
import { exchangesOf } from './read-har.ts';

/** A line of a network log. */
type TraceEvent = { type?: string; snapshot?: unknown } | null;

/** The exchanges of a Playwright trace: its `*.network` files have an entry of a HAR in each line. */
export function readTrace(path: string, limit = maxBytes): Exchange[] {
  const lines = networkLogs(path, limit).flatMap((text) => text.split('\n').filter((line) => line.trim() !== ''));
  const events = lines.map((line) => parsed(line, path));
  return exchangesOf(
    events.filter((event) => event?.type === 'resource-snapshot').map((event) => event?.snapshot),
    path,
  );
}

function networkLogs(path: string, limit: number): string[] {
  const bytes = readLimited(path);
  let files: Record<string, Uint8Array>;
  let size = 0;
  try {
    files = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (!name.endsWith('.network')) return false;
        // No more than this is written, whatever the archive has.
        size += originalSize;
        if (size > limit) throw tooLargeInside(path, limit);
        return true;
      },
    });
  } catch (error) {
    if (error instanceof HarnessError) throw error;
    throw new HarnessError(`${path} is no readable zip file. Give the trace.zip that Playwright wrote.`);
  }
  const logs = Object.values(files).map((file) => new TextDecoder().decode(file));
  if (logs.length > 0) return logs;
  throw new HarnessError(`${path} has no network log. Give a trace.zip of Playwright, recorded with tracing on.`);
}

function parsed(line: string, path: string): TraceEvent {
  try {
    return JSON.parse(line) as TraceEvent;
  } catch {
    throw new HarnessError(`${path}: a line of its network log is damaged. Copy the trace again.`);
  }
}
