import { parseArgs } from 'node:util';
import { parse } from 'shell-quote';
import { HarnessError } from '../../fleet/errors.ts';
import type { Exchange } from './exchange.ts';

/** Options of curl that take a value, by what they mean here; the value of any other is dropped. */
const string = { type: 'string' } as const;
const list = { type: 'string', multiple: true } as const;
const flag = { type: 'boolean' } as const;
const options = {
  url: string,
  request: { ...string, short: 'X' },
  header: { ...list, short: 'H' },
  cookie: { ...list, short: 'b' },
  data: { ...list, short: 'd' },
  'data-raw': list,
  'data-binary': list,
  'data-urlencode': list,
  json: list,
  form: { ...list, short: 'F' },
  user: { ...string, short: 'u' },
  'user-agent': { ...string, short: 'A' },
  referer: { ...string, short: 'e' },
  proxy: { ...string, short: 'x' },
  output: { ...string, short: 'o' },
  'max-time': { ...string, short: 'm' },
  cacert: string,
  resolve: list,
  head: { ...flag, short: 'I' },
  get: { ...flag, short: 'G' },
} as const;

const hint =
  'Copy it in the browser with "Copy as cURL (bash)", and paste it to standard input, because it has quotes itself: --curl -';

/** The request of a curl command. Its answer is unknown. @throws HarnessError when it is no curl command. */
export function readCurl(command: string): Exchange[] {
  const [program, ...args] = wordsOf(command);
  if (program === undefined || !/(?:^|\/)curl(?:\.exe)?$/.test(program))
    throw new HarnessError(`This is no curl command. ${hint}`);
  const { values, positionals } = parseArgs({ args, options, strict: false, allowPositionals: true });
  const target = values.url ?? positionals.find((word) => /^https?:\/\//.test(word));
  const url = URL.parse(String(target));
  if (!url) throw new HarnessError(`The curl command has no URL that starts with https://. ${hint}`);
  const hasBody = ['data', 'data-raw', 'data-binary', 'data-urlencode', 'json', 'form'].some((name) => name in values);
  const sent = new Headers();
  for (const header of (values.header ?? []).map(String)) {
    const [, name = '', value = ''] = /^([\w-]+):\s*(.*)$/s.exec(header) ?? [];
    if (name) sent.append(name, value.replaceAll(/[^\t\x20-\x7e]/g, '?'));
  }
  if (values.cookie) sent.append('cookie', String(values.cookie).replaceAll(/[^\t\x20-\x7e]/g, '?'));
  const method = values.request ?? (values.head ? 'HEAD' : hasBody && !values.get ? 'POST' : 'GET');
  return [{ at: 0, ms: 0, method: String(method), url, status: undefined, sent, received: new Headers() }];
}

/** Of the shell of Windows, in which ^ makes the next character plain and continues a line. */
const withoutCarets = (command: string): string =>
  /\^["\r\n]/.test(command)
    ? command.replaceAll(/\^(\r?\n|[^])/g, (_, next: string) => (next.endsWith('\n') ? ' ' : next))
    : command;

/** What a shell takes as text: '…', "…", $'…', and a character after a backslash. */
const quotedOrEscaped = /\$'(?:\\[^]|[^\\'])*'|'[^']*'|"(?:\\[^]|[^\\"])*"|\\[^]/g;

function wordsOf(command: string): string[] {
  const plain = withoutCarets(command).replaceAll(/\\\r?\n/g, ' ');
  const [open] = plain.replaceAll(quotedOrEscaped, '').match(/['"]/) ?? [];
  if (open) throw new HarnessError(`The curl command has a ${open} without its end. ${hint}`);
  const words = parse(plain, (name) => `$${name}`);
  const isUrlPart = (word: (typeof words)[number]): boolean =>
    typeof word === 'object' && 'op' in word && word.op === 'glob';
  return words.flatMap((word) =>
    typeof word === 'string' ? [word] : isUrlPart(word) && 'pattern' in word ? [word.pattern] : [],
  );
}
