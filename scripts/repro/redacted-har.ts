import type { Entry } from './exchange.ts';

/** Time that did not pass on the clock of this machine, but in the sessions: from a moment on, in milliseconds. */
export interface Shift {
  from: number;
  ms: number;
}

const removed = 'removed';
/** The only headers that are written; of cookies and addresses only a part. */
const keptOfRequest: ReadonlySet<string> = new Set(['accept', 'sec-fetch-dest', 'sec-fetch-mode', 'cookie']);
const keptOfResponse: ReadonlySet<string> = new Set([
  'content-type',
  'location',
  'set-cookie',
  'x-served-by',
  'x-revision',
]);
/** What a proxy may hide. */
export const podHeaders: ReadonlySet<string> = new Set(['x-served-by', 'x-revision']);

/** Without its parameters: they hold codes, states and tokens. */
const withoutQuery = (url: string): string => url.replace(/[?#].*$/s, '');

const values: Readonly<Record<string, (value: string) => string>> = {
  cookie: (value) => value.replaceAll(/=[^;]*/g, `=${removed}`),
  'set-cookie': (value) => value.replace(/=[^;]*/, `=${removed}`),
  location: withoutQuery,
};

function headersOf(headers: Entry['request']['headers'], kept: ReadonlySet<string>): Entry['request']['headers'] {
  return headers.flatMap(({ name, value }) => {
    const lower = name.toLowerCase();
    return kept.has(lower) ? [{ name: lower, value: values[lower]?.(value) ?? value }] : [];
  });
}

/**
 * A HAR 1.2 without anything secret: no bodies, no parameters, no values of cookies, and only headers from a list.
 * @param options.withoutPods leaves out which pod and revision answered, as a proxy of production may.
 */
export function redactedHar(
  entries: readonly Entry[],
  { shifts, withoutPods }: { shifts: readonly Shift[]; withoutPods: boolean },
): object {
  const responseHeaders = withoutPods ? keptOfResponse.difference(podHeaders) : keptOfResponse;
  return {
    log: {
      version: '1.2',
      creator: { name: 'npm run repro -- --record-har', version: '1' },
      entries: entries.map(({ startedDateTime, time, request, response }) => {
        const at = Date.parse(startedDateTime);
        const shift = shifts.filter(({ from }) => from <= at).reduce((sum, { ms }) => sum + ms, 0);
        return {
          startedDateTime: new Date(at + shift).toISOString(),
          time: Math.round(time),
          request: {
            method: request.method,
            url: withoutQuery(request.url),
            httpVersion: 'HTTP/1.1',
            headers: headersOf(request.headers, keptOfRequest),
            queryString: [],
            cookies: [],
            headersSize: -1,
            bodySize: -1,
          },
          response: {
            status: response.status,
            statusText: '',
            httpVersion: 'HTTP/1.1',
            headers: headersOf(response.headers, responseHeaders),
            cookies: [],
            content: { size: 0, mimeType: '' },
            redirectURL: '',
            headersSize: -1,
            bodySize: -1,
          },
          cache: {},
          timings: { send: 0, wait: Math.round(time), receive: 0 },
        };
      }),
    },
  };
}
