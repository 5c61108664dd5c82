import { createHash } from 'node:crypto';
import { parseCookie } from 'cookie-es';

const sessionCookie = '__Host-nuxt-oidc-auth';

/**
 * The labels of sessions, as the apps give them (`x-session`), by the value of the session cookie. A request whose
 * response names no session, because the edge answers it or a pod cannot open the cookie, belongs to the one whose
 * cookie it has.
 */
export class SessionLabels {
  readonly #labels = new Map<string, string>();
  readonly #capacity: number;

  /** @param capacity how many cookie values to remember; the oldest go first. */
  constructor(capacity = 100_000) {
    this.#capacity = capacity;
  }

  /** Label of the session that a request's `Cookie` header belongs to; empty without a known session cookie. */
  ofRequest(host: string, cookieHeader: string | undefined): string {
    return this.#labels.get(keyOf(host, valueIn(cookieHeader))) ?? '';
  }

  /** Remembers the label that a response has for the cookie of its request, and for the one that it sets. */
  learn(label: string, host: string, cookieHeader: string | undefined, setCookies: readonly string[]): void {
    if (this.ofRequest(host, cookieHeader) === '') this.#remember(label, host, valueIn(cookieHeader));
    for (const header of setCookies) {
      if (!header.startsWith(`${sessionCookie}=`)) continue;
      this.#remember(label, host, header.slice(sessionCookie.length + 1).split(';', 1)[0] ?? '');
    }
  }

  #remember(label: string, host: string, value: string): void {
    if (value !== '') this.#labels.set(keyOf(host, value), label);
    const [oldest] = this.#labels.keys();
    if (this.#labels.size > this.#capacity && oldest !== undefined) this.#labels.delete(oldest);
  }
}

/** Values have up to 4 KB and are secrets, so only their digest is kept. */
const keyOf = (host: string, value: string): string =>
  `${host} ${createHash('sha256').update(value).digest('base64url')}`;

/** The value as it was sent. */
const valueIn = (cookieHeader = ''): string =>
  parseCookie(cookieHeader, { filter: (name) => name === sessionCookie, decode: (value) => value })[sessionCookie] ??
  '';
