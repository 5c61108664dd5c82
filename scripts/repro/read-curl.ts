import { parseArgs } from 'node:util';
import { HarnessError } from '../../fleet/errors.ts';
import type { BrowserExchange } from '../explain/exchange.ts';

const value = { type: 'string', multiple: true } as const;
const bodies = ['data', 'data-raw', 'data-binary', 'data-urlencode', 'json', 'form'] as const;
/** Options of curl that take a value; all others are flags here. */
const options = {
  url: value,
  request: { ...value, short: 'X' },
  header: { ...value, short: 'H' },
  cookie: { ...value, short: 'b' },
  ...Object.fromEntries(bodies.map((name) => [name, value])),
  data: { ...value, short: 'd' },
  form: { ...value, short: 'F' },
  referer: { ...value, short: 'e' },
  proxy: { ...value, short: 'x' },
} as const;

const hint =
  'Copy it in the browser with "Copy as cURL (bash)", and paste it to standard input, because it has quotes itself: --curl -';

/** The request of a curl command. Its response is unknown. @throws HarnessError when it is no curl command. */
export function readCurl(command: string): BrowserExchange[] {
  const [program, ...args] = wordsOf(command);
  if (program === undefined || !/(?:^|\/)curl(?:\.exe)?$/.test(program))
    throw new HarnessError(`This is no curl command. ${hint}`);
  const { values, positionals } = parseArgs({ args, options, strict: false, allowPositionals: true });
  const given = (name: string): string[] => [values[name as keyof typeof values] ?? []].flat().map(String);
  const url = URL.parse(given('url')[0] ?? positionals.find((word) => /^https?:\/\//.test(word)) ?? '');
  if (!url) throw new HarnessError(`The curl command has no URL that starts with https://. ${hint}`);
  const sent = new Headers();
  for (const header of [...given('header'), ...given('cookie').map((cookies) => `cookie: ${cookies}`)]) {
    const [, name = '', text = ''] = /^([\w-]+):\s*(.*)$/s.exec(header) ?? [];
    if (name) sent.append(name, text.replaceAll(/[^\t\x20-\x7e]/g, '?'));
  }
  const method = given('request')[0] ?? (bodies.some((name) => name in values) ? 'POST' : 'GET');
  return [{ at: 0, ms: 0, method, url, status: undefined, sent, received: new Headers() }];
}

/** Of the shell of Windows, in which ^ makes the next character plain and continues a line. */
const withoutCarets = (command: string): string =>
  /\^["\r\n]/.test(command)
    ? command.replaceAll(/\^(\r?\n|[^])/g, (_, next: string) => (next.endsWith('\n') ? ' ' : next))
    : command;

/** A part of a word of bash: `$'…'`, `'…'` and `"…"`, or without quotes. */
const part = /\$'((?:\\[^]|[^'\\])*)'|'([^']*)'|"((?:\\[^]|[^"\\])*)"|((?:\\[^]|[^\s'"\\])+)/g;
const word = new RegExp(`(?:${part.source})+`, 'g');

/** The words of a command, whose escaped characters stand for themselves. */
function wordsOf(command: string): string[] {
  const plain = withoutCarets(command).replaceAll(/\\\r?\n/g, ' ');
  return (plain.match(word) ?? []).map((text) =>
    text.replaceAll(
      part,
      (_, ansi?: string, single?: string, double?: string, bare?: string) =>
        single ?? (ansi ?? double ?? bare ?? '').replaceAll(/\\([^])/g, '$1'),
    ),
  );
}
