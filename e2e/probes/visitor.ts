import { CookieJar } from 'tough-cookie';
import {
  executorOf,
  passLoginFlow,
  type Credentials,
  type FlowAnswer,
  type FlowChallenge,
} from '../../fixtures/authentik/browser/login-flow.ts';
import type { Live, LiveResponse, SendOptions } from '../../fleet/engines/live/live.ts';
import { podIn } from '../../fleet/pod-names.ts';
import { jsonObject } from './json-object.ts';
import { wordsOf } from './rules/authorization-answer.ts';
import { cookiesIn, isRemoval, isSameSite, lacksSecure, type SetCookie } from './rules/cookies.ts';
import type { Timed } from './rules/in-time.ts';

/** Whether a visitor may send this by POST: an answer to a flow of this Authentik, or a sign-out. */
type MayPost = (url: URL) => boolean;

/** A visitor was sent where it does not go. */
export class LedElsewhere extends Error {
  override readonly name = 'LedElsewhere';
}

const mostRedirects = 10;

const flowPage = /^\/if\/flow\/[^/]+\/$/;

/**
 * A browser without pages, for a test user: it keeps cookies, reads, answers the flow of a sign-in at Authentik, and signs
 * out. It sends nothing else, and nothing to other hosts.
 */
export class Visitor {
  /** Every address that it was sent to. */
  readonly hops: URL[] = [];
  /** Every `Set-Cookie` that it got. */
  readonly setCookies: string[] = [];
  /** The cookies that a browser refuses, with their hosts. */
  readonly refused: Array<{ host: string; cookie: SetCookie }> = [];
  /** The cookies that a browser keeps, and did not send to an address; whether it sent another. */
  readonly withheld: Array<{ at: URL; name: string; why: string; isAlone: boolean }> = [];
  /** What the last answer said, when it was an error: its beginning. */
  said = '';
  /** Why the last answer was a refusal, as it says itself. */
  reason: string | undefined;
  /** The pod that the last answer names. */
  pod: string | undefined;
  /** Every answer that it got. */
  readonly steps: Timed[] = [];
  readonly #live: Pick<Live, 'send'>;
  readonly #origins: ReadonlySet<string>;
  readonly #mayPost: MayPost;
  readonly #jar = new CookieJar(undefined, { prefixSecurity: 'strict', looseMode: true });
  /** The page that is open: it leads to what is requested next, also by redirects. */
  #page: URL | undefined;

  constructor(live: Pick<Live, 'send'>, origins: readonly string[], mayPost: MayPost) {
    this.#live = live;
    this.#origins = new Set(origins);
    this.#mayPost = mayPost;
  }

  /** The `cookie` header for an address, when a page of its own site asks for it. */
  cookieOf = (url: string): string => this.#jar.getCookieStringSync(url, { sameSiteContext: 'strict' });

  /** The pod that the last answer of an address names. */
  podOf = (address: string): string | undefined => this.steps.findLast((step) => step.address === address)?.pod;

  /** One request; its redirect is not followed. @throws LedElsewhere for another host than those of the target. */
  async send(address: string, { headers, ...options }: SendOptions = {}): Promise<LiveResponse> {
    const url = new URL(address);
    this.hops.push(url);
    this.#demandTarget(url);
    if (options.method === 'POST' && !this.#mayPost(url))
      throw new LedElsewhere(`it asks for the password at ${url.origin + url.pathname}, which is not sent there`);
    const cookie = this.#sentTo(url);
    const startedAt = performance.now();
    const response = await this.#live.send(url.href, {
      ...options,
      headers: { ...headers, ...(cookie && { cookie }) },
    });
    const set = response.headers['set-cookie'] ?? [];
    this.setCookies.push(...set);
    for (const header of set) this.#keep(header, url);
    if (!response.headers.location) this.#page = url;
    this.pod = podIn(response.headers);
    const took = performance.now() - startedAt;
    this.steps.push({ address: url.origin + url.pathname, method: options.method ?? 'GET', pod: this.pod, took });
    this.said = response.status >= 400 ? wordsOf(response.body) : '';
    this.reason = response.headers['x-session-reason']?.toString();
    return response;
  }

  logIn = async (loginPage: string, person: Credentials): Promise<string> => {
    // The requests of a flow go to other addresses than its page.
    this.#demandTarget(new URL(loginPage));
    const { origin, pathname } = new URL(loginPage);
    if (!flowPage.test(pathname))
      throw new LedElsewhere(`it leads to ${origin + pathname}, which is no login flow of Authentik`);
    return passLoginFlow(loginPage, person, (page, answer) => this.#execute(page, answer));
  };

  /** Follows redirects, also those that the flow of a page of Authentik ends with. @returns its last answer. */
  async follow(first: LiveResponse): Promise<LiveResponse> {
    let last = first;
    for (let redirects = 0; redirects < mostRedirects; redirects += 1) {
      const flow = flowPage.test(new URL(last.url).pathname) ? await this.#execute(last.url) : undefined;
      const to = flow ? flow.to : last.headers.location;
      if (!to) break;
      last = await this.send(new URL(to, last.url).href);
    }
    return last;
  }

  /** Follows the redirects of the executor to itself. */
  async #execute(page: string, answer?: FlowAnswer): Promise<FlowChallenge> {
    const executor = executorOf(page);
    const token = this.#jar.getCookiesSync(executor).find(({ key }) => key === 'authentik_csrf')?.value;
    let reply = await this.send(executor, {
      headers: { 'content-type': 'application/json', ...(token && { 'x-authentik-csrf': token }) },
      ...(answer && { method: 'POST', body: JSON.stringify(answer) }),
    });
    for (let redirects = 0; reply.headers.location && redirects < mostRedirects; redirects += 1)
      reply = await this.send(new URL(reply.headers.location, reply.url).href);
    const challenge = jsonObject(reply.body);
    if (typeof challenge?.['component'] === 'string') return challenge as FlowChallenge;
    throw new Error(`${new URL(executor).pathname} answered ${reply.status}, and no challenge of a flow`);
  }

  #keep(header: string, url: URL): void {
    const [cookie] = cookiesIn([header]);
    if (!cookie) return;
    const isTaken =
      !lacksSecure(cookie) && this.#jar.setCookieSync(header, url.href, { ignoreError: true }) !== undefined;
    if (!isTaken && !isRemoval(cookie)) this.refused.push({ host: url.host, cookie });
  }

  /** The `cookie` header that a browser sends with a GET, or by a page of the same site. */
  #sentTo(at: URL): string {
    const sameSiteContext = this.#page && !isSameSite(this.#page, at) ? 'lax' : 'strict';
    const sent = this.#jar.getCookiesSync(at.href, { sameSiteContext });
    const ofItsPath = this.#jar.getCookiesSync(at.href);
    for (const cookie of this.#jar.getCookiesSync(at.href, { allPaths: true })) {
      const { key: name, path } = cookie;
      if (sent.some(({ key }) => key === name)) continue;
      const why = ofItsPath.includes(cookie)
        ? 'SameSite=Strict keeps it from the way back of another site; Lax does not'
        : `it is for the path ${path} alone`;
      this.withheld.push({ at, name, why, isAlone: sent.length === 0 });
    }
    return sent.map((cookie) => cookie.cookieString()).join('; ');
  }

  #demandTarget({ origin, pathname }: URL): void {
    if (!this.#origins.has(origin)) throw new LedElsewhere(`it leads to ${origin + pathname}`);
  }
}
