import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { request, type APIRequestContext } from '@playwright/test';
import { ProxyAgent, type Dispatcher } from 'undici';
import { signInByHttp } from '../../e2e/models/sign-in-by-http.ts';
import { AuthentikControl } from '../../fixtures/authentik/control/client.ts';
import { groups, randomPerson } from '../../fixtures/people.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { origin } from '../../fleet/hosts.ts';

/** The app that is measured. */
export const measuredApp = 'operator';

/** A signed-in person, as an HTTP client that costs less than a browser. */
export interface Visitor {
  callApi(): Promise<void>;
  openPage(): Promise<void>;
  signOut(): Promise<void>;
}

/** What a visitor asks for, and the status of the answer. */
const requests = {
  callApi: { method: 'GET', path: '/api/me', status: 200, headers: { accept: 'application/json' } },
  openPage: { method: 'GET', path: '/', status: 200, headers: { accept: 'text/html' } },
  signOut: { method: 'POST', path: '/auth/oidc/logout', status: 303, headers: {} },
} as const;

/** Signs people in to a fleet. */
export class Visitors implements AsyncDisposable {
  readonly #fleet: Fleet;
  readonly #authentik: AuthentikControl;
  readonly #origin: string;
  readonly #agent: ProxyAgent;

  constructor(fleet: Fleet) {
    const ca = readFileSync(fleet.edge.caFile, 'utf8');
    // The client of the sign-in has no option for an authority.
    setDefaultCACertificates([...getCACertificates('default'), ca]);
    this.#fleet = fleet;
    this.#authentik = new AuthentikControl(fleet.authentikControl);
    this.#origin = origin(fleet.hosts[measuredApp]);
    this.#agent = new ProxyAgent({ uri: fleet.edge.proxyUrl, requestTls: { ca } });
  }

  /** A new person with a session of the measured app. */
  async signIn(): Promise<Visitor> {
    const person = randomPerson(this.#fleet.hosts.mail, [groups.operators]);
    await this.#authentik.createUser(person);
    const context = await request.newContext({ proxy: { server: this.#fleet.edge.proxyUrl } });
    try {
      await signInByHttp(context, this.#origin, person);
      const cookie = await this.#cookiesIn(context);
      return {
        callApi: () => this.#send(cookie, requests.callApi),
        openPage: () => this.#send(cookie, requests.openPage),
        signOut: () => this.#send(cookie, requests.signOut),
      };
    } finally {
      await context.dispose();
    }
  }

  async #cookiesIn(context: APIRequestContext): Promise<string> {
    const { cookies } = await context.storageState();
    const own = cookies.filter(({ domain }) => domain === this.#fleet.hosts[measuredApp]);
    return own.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  async #send(
    cookie: string,
    {
      method,
      path,
      status,
      headers,
    }: { method: Dispatcher.HttpMethod; path: string; status: number; headers: Record<string, string> },
  ): Promise<void> {
    const { statusCode, body } = await this.#agent.request({
      origin: this.#origin,
      path,
      method,
      headers: { ...headers, cookie, origin: this.#origin, 'x-edge-client': 'bench', 'x-edge-kind': 'api' },
    });
    await body.dump();
    if (statusCode === status) return;
    throw new HarnessError(
      `${method} ${path} of ${measuredApp} answered ${statusCode}, not ${status}, so its cost says nothing. ` +
        'Run the suite first: npm run e2e',
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.close();
  }
}
