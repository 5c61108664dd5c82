import { createHash } from 'node:crypto';
import { parseCookie } from 'cookie-es';

/** How sessions are told apart. */
export interface SessionSettings {
  /** Name of the session cookie; of its chunks, `<name>.<n>` or `<name>_<n>`, each counts as the whole. Undefined: requests have no session. */
  cookie?: string | undefined;
  /** Response header with the app's own label of a session. Undefined: a label follows the values of the cookie. */
  header?: string | undefined;
}

/**
 * The labels of sessions, by the value of the session cookie. A request whose response names no session, because the edge
 * answers it or a pod cannot open the cookie, belongs to the one whose cookie it has.
 */
export class SessionLabels {
  readonly #labels = new Map<string, string>();
  readonly #settings: SessionSettings;
  readonly #capacity: number;

  /** @param capacity how many cookie values to remember; the oldest go first. */
  constructor(settings: SessionSettings, capacity = 100_000) {
    this.#settings = settings;
    this.#capacity = capacity;
  }

  /** Label of the session that a request's `Cookie` header belongs to; empty without a known session cookie. */
  ofRequest(host: string, cookieHeader: string | undefined): string {
    const labels = this.#valuesIn(cookieHeader).map((value) => this.#labels.get(keyOf(host, value)));
    return labels.find((label) => label !== undefined) ?? '';
  }

  /**
   * The label of the session that a response belongs to, which its cookies have from now on. Without a header a cookie that
   * replaces another one has its label, and one that is new gets a label of its own.
   * @param header reads a header of the response. @returns empty for none.
   */
  ofResponse(
    host: string,
    cookieHeader: string | undefined,
    header: (name: string) => string,
    setCookies: readonly string[],
  ): string {
    const sent = this.#valuesIn(cookieHeader);
    const values = setCookies.flatMap((line) => this.#valueSet(line) ?? []);
    const known = this.ofRequest(host, cookieHeader);
    const named = this.#settings.header;
    const newest = values.length > 0 ? values.findLast((value) => value !== '') : sent[0];
    const label = named === undefined ? known || digestOf(newest) : header(named);
    if (label === '') return '';
    for (const value of known === '' ? [...sent, ...values] : values) this.#remember(label, host, value);
    return label;
  }

  #remember(label: string, host: string, value: string): void {
    if (value !== '') this.#labels.set(keyOf(host, value), label);
    const [oldest] = this.#labels.keys();
    if (this.#labels.size > this.#capacity && oldest !== undefined) this.#labels.delete(oldest);
  }

  #valueSet(setCookie: string): string | undefined {
    const [, name = '', value] = /^([^=;]+)=([^;]*)/.exec(setCookie) ?? [];
    return this.#isOfSession(name) ? value : undefined;
  }

  /** The values as they were sent. */
  #valuesIn(cookieHeader = ''): string[] {
    const filter = (name: string): boolean => this.#isOfSession(name);
    const found = Object.values(parseCookie(cookieHeader, { filter, decode: (value) => value }));
    return found.filter((value) => value !== undefined);
  }

  #isOfSession(name: string): boolean {
    const { cookie } = this.#settings;
    return cookie !== undefined && name.startsWith(cookie) && /^(?:[._]\d+)?$/.test(name.slice(cookie.length));
  }
}

/** Names of the cookies in a `Cookie` header. */
export const namesIn = (cookieHeader = ''): string[] => Object.keys(parseCookie(cookieHeader));

/** 12 hex digits, as the apps' own labels have; empty for an empty value. */
const digestOf = (value = ''): string => value && createHash('sha256').update(value).digest('hex').slice(0, 12);

/** Values have up to 4 KB and are secrets, so only their digest is kept. */
const keyOf = (host: string, value: string): string =>
  `${host} ${createHash('sha256').update(value).digest('base64url')}`;
