import { parseSetCookie } from 'cookie-es';
import type { Dispatcher } from 'undici';
import { sentenceIn, type Answer } from '../models/answer.ts';
import type { SignInAnswer, SignInClient } from '../models/sign-in-by-http.ts';

/** A response with everything that the invariants check. */
export interface Received extends Required<Answer> {
  headers: Readonly<Record<string, string>>;
  body: string;
  /** Milliseconds from the request to the end of the body. */
  ms: number;
}

export interface RequestOptions {
  method?: 'GET' | 'POST';
  headers?: Readonly<Record<string, string>>;
  body?: string;
  /** The `cookie` header to send instead of the browser's own. */
  cookie?: string;
}

const maxRedirects = 5;

/** A browser without pages: it stores cookies and sends requests over keep-alive connections. */
export class HttpBrowser implements SignInClient {
  readonly #agent: Dispatcher;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #timeoutMs: number;
  readonly #received: (answer: Received) => void;
  readonly #cookies = new Map<string, Map<string, string>>();

  /** @param received is called with every response. @param headers of every request. */
  constructor(
    agent: Dispatcher,
    {
      headers,
      timeoutMs,
      received,
    }: { headers: Readonly<Record<string, string>>; timeoutMs: number; received: (answer: Received) => void },
  ) {
    this.#agent = agent;
    this.#headers = headers;
    this.#timeoutMs = timeoutMs;
    this.#received = received;
  }

  /** One request, which follows no redirect. Without a response its status is 0. */
  async request(url: string, { method = 'GET', headers = {}, body, cookie }: RequestOptions = {}): Promise<Received> {
    const { origin, host, pathname, search } = new URL(url);
    const sent = cookie ?? this.cookieHeader(host);
    const begin = performance.now();
    const unanswered = (error: string): Received => ({
      status: 0,
      error,
      method,
      url,
      pod: '',
      revision: '',
      message: '',
      headers: {},
      body: '',
      ms: performance.now() - begin,
    });
    const answer = await this.#agent
      .request({
        origin,
        path: pathname + search,
        method,
        headers: { ...this.#headers, ...headers, ...(sent && { cookie: sent }) },
        body: body ?? null,
        signal: AbortSignal.timeout(this.#timeoutMs),
      })
      .then(
        async (response): Promise<Received> => {
          const text = await response.body.text();
          if (cookie === undefined) this.#keep(host, [response.headers['set-cookie'] ?? []].flat());
          const received = Object.fromEntries(
            Object.entries(response.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
          );
          const { statusCode: status } = response;
          return {
            status,
            method,
            url,
            headers: received,
            body: text,
            ms: performance.now() - begin,
            pod: received['x-served-by'] ?? '',
            revision: received['x-revision'] ?? '',
            error: received['x-edge-error'] ?? '',
            message: status >= 400 ? sentenceIn(text) : '',
          };
        },
        (error: NodeJS.ErrnoException) => unanswered(typeof error.code === 'string' ? error.code : error.name),
      );
    this.#received(answer);
    return answer;
  }

  async get(url: string, options: { maxRedirects?: 0 } = {}): Promise<SignInAnswer> {
    return this.#followed(url, {}, options.maxRedirects ?? maxRedirects);
  }

  async post(url: string, { data }: { data: object }): Promise<SignInAnswer> {
    const headers = { 'content-type': 'application/json' };
    return this.#followed(url, { method: 'POST', headers, body: JSON.stringify(data) }, maxRedirects);
  }

  async #followed(url: string, options: RequestOptions, redirects: number): Promise<SignInAnswer> {
    const answer = await this.request(url, options);
    const location = answer.status >= 300 && answer.status < 400 ? answer.headers['location'] : undefined;
    if (location !== undefined && redirects > 0) return this.#followed(new URL(location, url).href, {}, redirects - 1);
    return {
      status: () => answer.status,
      url: () => url,
      headers: () => ({ ...answer.headers }),
      json: async () => JSON.parse(answer.body) as unknown,
    };
  }

  /** Its cookies of a host, as a `cookie` header; empty without one. */
  cookieHeader(host: string): string {
    return [...(this.#cookies.get(host) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  cookiesOf(host: string): ReadonlyMap<string, string> {
    return this.#cookies.get(host) ?? new Map<string, string>();
  }

  /** Replaces its cookies of a host. */
  setCookies(host: string, cookies: ReadonlyMap<string, string>): void {
    this.#cookies.set(host, new Map(cookies));
  }

  #keep(host: string, setCookies: readonly string[]): void {
    const jar = this.#cookies.get(host) ?? new Map<string, string>();
    for (const header of setCookies) {
      const cookie = parseSetCookie(header, { decode: (value) => value });
      if (!cookie) continue;
      const { name, value, maxAge, expires } = cookie;
      const isOver = maxAge === undefined ? expires !== undefined && expires.getTime() <= Date.now() : maxAge <= 0;
      if (isOver) jar.delete(name);
      else jar.set(name, value);
    }
    this.#cookies.set(host, jar);
  }
}
