import * as z from 'zod/mini';
import { catch as otherwise } from 'zod/mini';

/** One header that cannot be read does not cost the others. */
const headers = z.pipe(
  otherwise(z.array(otherwise(z.nullable(z.object({ name: z.string(), value: z.string() })), null)), []),
  z.transform((list) => list.filter((header) => header !== null)),
);

const text = otherwise(z.optional(z.string()), undefined);

/** What is read of an entry of a HAR (HAR 1.2 section "entries"). Bodies, cookies and all else are dropped here. */
export const entrySchema = z.object({
  // Not only as ISO 8601 has it: Charles writes an offset without a colon.
  startedDateTime: z.string().check(z.refine((date) => !Number.isNaN(Date.parse(date)), 'no date')),
  time: otherwise(z.number(), 0),
  request: z.object({ method: z.string(), url: z.url('no URL'), headers }),
  response: z.object({
    status: z.union([
      z.pipe(
        z.null(),
        z.transform(() => 0),
      ),
      z.coerce.number().check(z.int()),
    ]),
    headers,
    /** Where a redirect leads, of recordings without the header. */
    redirectURL: text,
    /** Of Chromium and Playwright: why no response came, such as `net::ERR_CONNECTION_RESET`. */
    _error: text,
    _failureText: text,
  }),
});
type HarEntry = z.infer<typeof entrySchema>;

/** One request and its answer, in the memory of this process. Nothing of it is written before `story.ts` has read it. */
export interface BrowserExchange {
  /** Milliseconds since the epoch. */
  at: number;
  /** Milliseconds until the answer was complete. */
  ms: number;
  /** The order of the recording contradicts the times: the clock was set while it was recorded. */
  isTimeUnsure?: boolean;
  method: string;
  url: URL;
  /** 0: no answer came. Undefined: the input does not know the answer. */
  status: number | undefined;
  /** Why no answer came, when the browser did not give up. */
  failure?: string | undefined;
  sent: Headers;
  received: Headers;
}

/** Chromium records pseudo-headers of HTTP/2, which `Headers` refuses. */
const headersOf = (list: ReadonlyArray<{ name: string; value: string }>): Headers =>
  new Headers(
    list
      .filter(({ name }) => /^[\w-]+$/.test(name))
      .map(({ name, value }): [string, string] => [
        name,
        value.replaceAll(/[\r\n]+/g, ', ').replaceAll(/[^\t\x20-\xff]/g, '?'),
      ]),
  );

export function exchangeOf({ startedDateTime, time, request, response }: HarEntry): BrowserExchange {
  const received = headersOf(response.headers);
  const { _error: error, _failureText: failure = error ?? '', redirectURL } = response;
  if (redirectURL && !received.has('location')) received.set('location', redirectURL.replaceAll(/[^\x20-\xff]/g, '?'));
  return {
    at: Date.parse(startedDateTime),
    ms: Math.max(0, time),
    method: request.method,
    url: new URL(request.url),
    status: Math.max(0, response.status),
    failure: /^net::(ERR_(?!ABORTED$)[A-Z\d_]+)$/.exec(failure)?.[1],
    sent: headersOf(request.headers),
    received,
  };
}

/** The browser opens it as a page. */
export function isDocument({ sent }: Pick<BrowserExchange, 'sent'>): boolean {
  const destination = sent.get('sec-fetch-dest');
  return destination === null ? sent.get('accept')?.includes('text/html') === true : destination === 'document';
}

/** Where a response leads. */
export const redirectOf = ({ url, received }: Pick<BrowserExchange, 'url' | 'received'>): URL | null =>
  URL.parse(received.get('location') ?? 'no:', url)?.host ? URL.parse(received.get('location')!, url) : null;
