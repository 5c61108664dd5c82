import { createHash } from 'node:crypto';
import { parseCookie } from 'cookie-es';

/** The session cookie of the apps. */
const sessionCookie = '__Host-nuxt-oidc-auth';

/** Cookie values resealed for one session; `ended` once a response deleted the cookie. */
interface Lineage {
  label: string;
  ended: boolean;
}

/**
 * Gives all requests of one session one label, although the app reseals the cookie and its value changes.
 *
 * The label is the app's own (`x-session`), which its log lines have. Before the first response that has one, it is the
 * first 12 hex digits of the SHA-256 of the first value seen. When the response to a request that
 * carried value A sets value B, then B joins A's lineage. A response that sets a value where the request had none, or
 * whose lineage a response has ended (empty value, `Max-Age` <= 0 or `Expires` in the past, RFC 6265 section 5.3),
 * starts a new lineage: that is a new sign-in.
 */
export class SessionLineages {
  readonly #lineages = new Map<string, Lineage>();
  readonly #capacity: number;

  /** @param capacity how many cookie values to remember; the least recently used go first. */
  constructor(capacity = 100_000) {
    this.#capacity = capacity;
  }

  /** Label of the session that a request's `Cookie` header belongs to; empty without a session cookie. */
  ofRequest(host: string, cookieHeader: string | undefined): string {
    const value = valueIn(cookieHeader);
    return value ? this.#lineage(host, value).label : '';
  }

  /**
   * Follows a response's `Set-Cookie` headers; returns the label of the session that the response leaves behind.
   * @param named `x-session` of the response; empty without one.
   */
  ofResponse(host: string, cookieHeader: string | undefined, setCookies: readonly string[], named = ''): string {
    const carried = valueIn(cookieHeader);
    let lineage = carried ? this.#lineage(host, carried) : undefined;
    if (named && lineage) lineage = { ...lineage, label: named };
    if (carried && lineage) this.#remember(keyOf(host, carried), lineage);
    for (const header of setCookies) {
      const cookie = parseSetCookie(header);
      if (!cookie) continue;
      if (cookie.deleted) {
        if (lineage) lineage.ended = true;
        continue;
      }
      if (lineage && !lineage.ended) this.#remember(keyOf(host, cookie.value), lineage);
      else lineage = this.#lineage(host, cookie.value, named);
    }
    return lineage?.label ?? '';
  }

  #lineage(host: string, value: string, named = ''): Lineage {
    const key = keyOf(host, value);
    const lineage = this.#lineages.get(key) ?? { label: named || labelOf(value), ended: false };
    this.#remember(key, lineage);
    return lineage;
  }

  /** A Map iterates in insertion order. Re-inserting on each use keeps the least recently used value first. */
  #remember(key: string, lineage: Lineage): void {
    this.#lineages.delete(key);
    this.#lineages.set(key, lineage);
    if (this.#lineages.size <= this.#capacity) return;
    const [oldest] = this.#lineages.keys();
    if (oldest !== undefined) this.#lineages.delete(oldest);
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const labelOf = (value: string): string => sha256(value).slice(0, 12);
/** Values have up to 4 KB and are secrets, so only their digest is kept. */
const keyOf = (host: string, value: string): string => `${host} ${sha256(value)}`;

/** The value as it was sent: its digest is the label. */
const valueIn = (cookieHeader = ''): string =>
  parseCookie(cookieHeader, { filter: (name) => name === sessionCookie, decode: (value) => value })[sessionCookie] ??
  '';

/** Parsed here, because cookie-es rejects cookies above 4096 bytes and clients other than browsers may send them. */
function parseSetCookie(header: string): { value: string; deleted: boolean } | undefined {
  if (!header.startsWith(`${sessionCookie}=`)) return undefined;
  const [pair = '', ...attributes] = header.split(';');
  const value = pair.slice(sessionCookie.length + 1).trim();
  const attribute = (name: string): string | undefined =>
    attributes
      .map((text) => text.trim())
      .findLast((text) => text.toLowerCase().startsWith(`${name}=`))
      ?.slice(name.length + 1);
  const maxAge = attribute('max-age');
  const expires = attribute('expires');
  const expired =
    maxAge !== undefined ? Number(maxAge) <= 0 : expires !== undefined && Date.parse(expires) <= Date.now();
  return { value, deleted: value === '' || expired };
}
