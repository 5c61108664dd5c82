import { unzipSync } from 'fflate';
import { HarnessError } from '../../fleet/errors.ts';
import type { Exchange } from './exchange.ts';
import { readLimited } from './read-file.ts';
import { exchangesOf } from './read-har.ts';

interface TraceEvent {
  type?: string;
  snapshot?: unknown;
}

/** The exchanges of a Playwright trace: its `*.network` files have an entry of a HAR in each line. */
export function readTrace(path: string): Exchange[] {
  const lines = networkLogs(path).flatMap((text) => text.split('\n').filter((line) => line.trim() !== ''));
  const events = lines.map((line) => parsed(line, path));
  return exchangesOf(
    events.filter(({ type }) => type === 'resource-snapshot').map(({ snapshot }) => snapshot),
    path,
  );
}

function networkLogs(path: string): string[] {
  const bytes = readLimited(path);
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, { filter: ({ name }) => name.endsWith('.network') });
  } catch {
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
