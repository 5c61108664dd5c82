import type { HarEntry } from './exchange.ts';

/** Time that did not pass on the clock of this machine, but in the sessions: from a moment on, in milliseconds. */
export interface TimeShift {
  from: number;
  ms: number;
}

type HarHeader = HarEntry['request']['headers'][number];

const removed = 'removed';
/** Without its parameters: they hold codes, states and tokens. */
const withoutQuery = (url: string): string => url.replace(/[?#].*$/s, '');
const asIs = (value: string): string => value;

/** The only headers that are written, and what of them; of cookies and addresses only a part. */
const keptHeaders: Readonly<Record<string, (value: string) => string>> = {
  accept: asIs,
  'sec-fetch-dest': asIs,
  'content-type': asIs,
  'x-served-by': asIs,
  'x-revision': asIs,
  'x-session-reason': asIs,
  'x-session': asIs,
  'x-request-id': asIs,
  age: asIs,
  'x-cache': asIs,
  'clear-site-data': asIs,
  location: withoutQuery,
  cookie: (value) => value.replaceAll(/=[^;]*/g, `=${removed}`),
  'set-cookie': (value) => value.replace(/=[^;]*/, `=${removed}`),
};

const redacted = (headers: readonly HarHeader[]): HarHeader[] =>
  headers.flatMap(({ name, value }) => {
    const keep = keptHeaders[name.toLowerCase()];
    return keep ? [{ name: name.toLowerCase(), value: keep(value) }] : [];
  });

/** What HAR 1.2 demands and nobody reads. */
const message = { httpVersion: 'HTTP/1.1', cookies: [], headersSize: -1, bodySize: -1 };

/** The text of a HAR 1.2 without anything secret: no bodies, no parameters, no values of cookies, only listed headers. */
export function redactedHar(entries: readonly HarEntry[], shifts: readonly TimeShift[]): string {
  const written = entries.map(({ startedDateTime, time, request, response }) => {
    const at = Date.parse(startedDateTime);
    const shiftMs = shifts.filter(({ from }) => from <= at).reduce((sum, { ms }) => sum + ms, 0);
    return {
      startedDateTime: new Date(at + shiftMs).toISOString(),
      time: Math.round(time),
      request: {
        ...message,
        method: request.method,
        url: withoutQuery(request.url),
        headers: redacted(request.headers),
        queryString: [],
      },
      response: {
        ...message,
        status: response.status,
        statusText: '',
        headers: redacted(response.headers),
        content: { size: 0, mimeType: '' },
        redirectURL: '',
      },
      cache: {},
      timings: { send: 0, wait: Math.round(time), receive: 0 },
    };
  });
  const creator = '{ "name": "npm run repro -- --record-har", "version": "1" }';
  // One entry per line, to be read by people.
  const lines = written.map((entry) => JSON.stringify(entry)).join(',\n');
  return `{ "log": { "version": "1.2", "creator": ${creator}, "entries": [\n${lines}\n] } }\n`;
}
