import { readFileSync } from 'node:fs';
import { quoted } from '../../e2e/report/commands.ts';
import { HarnessError } from '../../fleet/errors.ts';
import type { Exchange } from './exchange.ts';
import { fromCallersFolder } from '../command/callers-folder.ts';
import { progress } from '../command/run-command.ts';
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
  if (curl !== undefined) {
    // npm prints and logs the arguments before this program starts.
    if (curl !== '-' && process.env['npm_lifecycle_event'] !== undefined) progress(shownByNpm);
    return { exchanges: readCurl(curl === '-' ? readFileSync(0, 'utf8') : curl), option: '--curl -' };
  }
  return undefined;
}

const shownByNpm =
  'npm has printed this command with its cookies and tokens, and keeps it in the newest log of `npm config get cache`/_logs: ' +
  'delete that log, and next time paste the command to standard input: --curl -';
