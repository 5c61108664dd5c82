import { readFileSync } from 'node:fs';
import { HarnessError } from '../../fleet/errors.ts';
import type { Exchange } from './exchange.ts';
import { fromCallersFolder } from '../callers-folder.ts';
import { readCurl } from './read-curl.ts';
import { readHar } from './read-har.ts';
import { readTrace } from './read-trace.ts';

/** The options that name a recording. */
export interface Inputs {
  har?: string;
  trace?: string;
  curl?: string;
}

/** A recording, and the options that name it again. */
export interface Input {
  exchanges: Exchange[];
  /** For a command line; the text of a curl command has secrets, so it is not in it. */
  option: string;
}

/** Undefined: no recording is named. @throws HarnessError when several are, or when it cannot be read. */
export function readInput({ har, trace, curl }: Inputs): Input | undefined {
  const given = [har, trace, curl].filter((value) => value !== undefined);
  if (given.length > 1) throw new HarnessError('Give one recording at a time: --har, --trace or --curl.');
  if (har !== undefined) return { exchanges: readHar(fromCallersFolder(har)), option: `--har ${quoted(har)}` };
  if (trace !== undefined)
    return { exchanges: readTrace(fromCallersFolder(trace)), option: `--trace ${quoted(trace)}` };
  if (curl !== undefined)
    return { exchanges: readCurl(curl === '-' ? readFileSync(0, 'utf8') : curl), option: '--curl -' };
  return undefined;
}

const quoted = (text: string): string =>
  /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
