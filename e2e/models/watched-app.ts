import { createHash } from 'node:crypto';
import { parseSetCookie } from 'cookie-es';
import type { AppName } from '../../apps/environment/apps.ts';
import {
  HttpBrowser,
  type BrowserRequest,
  type BrowserResponse,
} from '../../fixtures/authentik/browser/http-browser.ts';
import type { Person } from '../../fixtures/person.ts';
import { agentThrough } from '../../fleet/edge/client.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import type { KubeObject } from '../../fleet/manifests/objects.ts';
import { callbackByHttp, signInByHttp } from '../claims/sign-in-by-http.ts';
import { contract } from '../contract.ts';
import { expect } from '../matchers/index.ts';
import { routes } from '../contract.ts';
import { precondition } from './precondition.ts';
import { sealedDataIn, secretOf } from './sealed-cookie.ts';
import type { SessionKeys, StoredKey } from './session-store.ts';

/** Where a secret of a sign-out belongs (OpenID Connect RP-Initiated Logout 1.0 section 2). */
const inSignOut = /^the id token in POST \/auth\/oidc\/logout 303, location$/;

interface Place {
  fleet: Fleet;
  clientId: string;
  manifests: readonly KubeObject[];
  sessionStore: SessionKeys;
}

/** A browser of one user at an app that knows the secrets of its sessions, and looks for them in all output of the app. */
export class WatchedApp implements AsyncDisposable {
  readonly name: AppName;
  readonly origin: string;
  readonly #place: Place;
  readonly #agent;
  readonly #browser: HttpBrowser;
  #person: Person | undefined;
  /** What is secret, by its value. */
  readonly #secrets = new Map<string, string>();
  /** All output of the app, and where it is. */
  readonly #output: Array<{ where: string; text: string }> = [];
  /** The cookie of each sign-in, and where it led. */
  readonly #attempts: Array<{ cookie: string; location: string }> = [];

  constructor(name: AppName, place: Place) {
    this.name = name;
    this.origin = httpsOf(place.fleet.hosts[name]);
    this.#place = place;
    this.#agent = agentThrough(place.fleet.edge);
    this.#browser = new HttpBrowser({
      origin: this.origin,
      dispatcher: this.#agent,
      headers: { 'x-edge-client': place.clientId, 'x-edge-kind': 'api' },
      observer: (request) => (result) => {
        if ('status' in result && request.url.startsWith(this.origin)) this.#note(request, result);
      },
    });
    const clientSecret = secretOf(name, place.manifests, 'NUXT_OIDC_PROVIDERS_OIDC_CLIENT_SECRET');
    this.#secrets.set(clientSecret, 'the client secret');
    for (const variable of tokensOfServices)
      this.#secrets.set(secretOf('platform-api', place.manifests, variable), variable);
  }

  async signIn(person: Person): Promise<StoredKey> {
    this.#person = person;
    const session = await this.#place.sessionStore.sessionOf(() =>
      signInByHttp(this.#browser, this.origin, person, routes.signIn),
    );
    await this.learnTokens(session);
    return session;
  }

  /** Another sign-in of the user. @returns the response to its callback. */
  async signInAgain(): Promise<BrowserResponse> {
    return this.send(await this.unredeemedCallback());
  }

  /** Signs in again up to the callback, and returns its path with the unredeemed code. */
  async unredeemedCallback(): Promise<string> {
    return (await callbackByHttp(this.#browser, this.origin, this.#person!, routes.signIn)).callback;
  }

  send(path: string, request?: BrowserRequest): Promise<BrowserResponse> {
    return this.#browser.send(path, request);
  }

  /** One call, as the models of pages have it. */
  readonly call = async (path: string) => {
    const { status } = await this.send(path);
    return { status: () => status };
  };

  /** Reads the tokens of the session, which a refresh has replaced. */
  async learnTokens(session: StoredKey): Promise<void> {
    const { sessionStore, manifests } = this.#place;
    const tokens = await sessionStore.tokensOf(session, secretOf(this.name, manifests, 'NUXT_OIDC_TOKEN_KEY'));
    for (const [kind, token] of Object.entries(tokens)) {
      precondition(token.length > 20, `the session has no ${kind} token`);
      this.#secrets.set(token, `the ${kind} token`);
    }
  }

  /** Adds other output of the app and of the services behind it: logs and metrics, by their name. */
  addOutput(where: string, lines: readonly string[]): void {
    this.#output.push(...lines.map((text) => ({ where, text })));
  }

  /** Which secrets are in the output, and where, with the beginning of a line of a log; never the value. */
  async leaks(): Promise<string[]> {
    await this.#learnVerifiers();
    const kinds = new Set(this.#secrets.values());
    expect([...kinds].toSorted(), 'secrets that are known').toEqual(everySecret);
    const leaks = this.#output.flatMap(({ where, text }) => {
      const found = [...this.#secrets].flatMap(([value, name]) =>
        [...spellingsOf(value)].flatMap((known) => (text.includes(known) ? [{ name, at: text.indexOf(known) }] : [])),
      );
      const from = Math.min(...found.map(({ at }) => at));
      const before = where.startsWith('log') ? `: ${text.slice(0, from)}` : '';
      return found.map(({ name }) => `${name} in ${where}${before}`);
    });
    return [...new Set(leaks)].filter((leak) => !inSignOut.test(leak));
  }

  #note(
    { url, method = 'GET' }: BrowserRequest & { url: string },
    { status, headers, setCookie, body }: BrowserResponse,
  ): void {
    const { pathname, searchParams } = new URL(url);
    const what = `${method} ${pathname} ${status}`;
    this.#output.push({ where: `${what}, body`, text: body });
    for (const [name, text] of Object.entries(headers)) this.#output.push({ where: `${what}, ${name}`, text });
    const code = searchParams.get('code');
    if (code !== null && pathname === routes.callback) this.#secrets.set(code, 'the code');
    for (const { name, value } of setCookie.map((text) => parseSetCookie(text, { decode: false })!)) {
      if (value === '') continue;
      if (name === contract.sessionCookie) this.#secrets.set(value, 'the session cookie');
      if (name === contract.attemptCookie) this.#attempts.push({ cookie: value, location: headers['location'] ?? '' });
    }
  }

  /** Opens the cookies of the sign-ins. The challenge of a sign-in shows that its verifier is known. */
  async #learnVerifiers(): Promise<void> {
    const secret = secretOf(this.name, this.#place.manifests, 'NUXT_OIDC_AUTH_SESSION_SECRET');
    for (const { cookie, location } of this.#attempts) {
      const challenge = URL.parse(location)?.searchParams.get('code_challenge');
      if (!challenge) continue;
      const verifier = String((await sealedDataIn(decodeURIComponent(cookie), secret))['codeVerifier']);
      const hash = createHash('sha256').update(verifier).digest('base64url');
      precondition(hash === challenge, 'the verifier of a sign-in is not known');
      this.#secrets.set(verifier, 'the verifier');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.close();
  }
}

/** How a value may be written: plain, in a URL and in base64. */
const spellingsOf = (value: string): Set<string> =>
  new Set([value, encodeURIComponent(value), Buffer.from(value).toString('base64')]);

/** Tokens of platform-api for the services behind it. */
const tokensOfServices = ['AUTHENTIK_API_TOKEN', 'OCIS_TOKEN', 'STALWART_TOKEN'];

const everySecret = [
  ...tokensOfServices,
  'the access token',
  'the client secret',
  'the code',
  'the id token',
  'the refresh token',
  'the session cookie',
  'the verifier',
];
