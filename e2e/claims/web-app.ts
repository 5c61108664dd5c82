import type { APIResponse, BrowserContext, Frame, Page } from '@playwright/test';
import type { EdgeClient } from '../../fleet/edge/client.ts';
import { byLabel, httpsOf, type Hosts } from '../../fleet/hosts.ts';
import type { Person } from '../../fixtures/person.ts';
import { deadline } from '../deadline.ts';
import { hopsDuring, type Hop } from '../matchers/hops.ts';
import { expect } from '../matchers/index.ts';
import { AuthentikLogin, sessionEnd } from './authentik-login.ts';
import { signInByHttp } from './sign-in-by-http.ts';

/** What claims need to know of an app that users sign in to. */
export interface WebAppDescription {
  /** Name of its Service and its Deployment, and the label of its host. */
  name: string;
  /** Paths where a sign-in begins and ends. */
  signIn: string;
  callback: string;
  /** Path to which a sign-in leads; null: to any page of the app. Default: the home page. */
  home?: string | null;
  /** The request that signs out, by an address or a form. Absent: the app has none that is known. */
  signOut?: { method: 'GET' | 'POST'; path: string };
  /** Path that takes logout tokens. Absent: none. */
  backChannel?: string;
  /** Of its provider. Default: that of Authentik's application with the name of the app. */
  issuer?: string;
  /** Passes the login pages of its provider. Default: those of Authentik. */
  logIn?: LogIn;
  /** Paths that respond with 200 to a GET of a signed-in user. */
  calls: readonly [string, ...string[]];
  /** Variables of its next release, to which a rollout leads. Absent: a rollout is a restart. */
  nextEnv?: Readonly<Record<string, string>>;
  /** Why an ordinary sign-in on one pod does not work, when that was tried and seen. */
  noSignIn?: string;
  /** Its responses name their pod (`x-served-by`). */
  namesPods: boolean;
}

/** Signs a user in at the page of a provider, which the browser shows. */
export type LogIn = (page: Page, person: Pick<Person, 'username' | 'password'>) => Promise<void>;

/** An address inside an app without its query. */
export const pathOf = (address: string): string => address.split('?', 1)[0] ?? '';

export interface CallOptions {
  /** Send this one request to this pod. */
  pod?: string;
  headers?: Record<string, string>;
  /** Milliseconds to wait for the response. */
  timeout?: number;
}

/**
 * How long signing in or out through pages may take. Each is a chain of eight or more responses of Authentik and the
 * apps, which may wait 4 s for those that they request themselves.
 */
export const chainMs = deadline(10_000);

/** How long the page after a sign-out may take to load. What it goes on loading for ever is not waited for. */
const landingMs = deadline(3_000);

/** How a browser of a test reaches an app. */
export interface WebAppPlace {
  page: Page;
  hosts: Hosts;
  edge: EdgeClient;
  clientId: string;
}

/** Headers of an API call, which the edge sends to a given pod, or balances. */
export const apiHeaders = (pod?: string): Record<string, string> => ({
  accept: 'application/json',
  'x-edge-kind': 'api',
  ...(pod && { 'x-edge-pin': pod }),
});

/** An app, as a user with a browser uses it. */
export class WebApp {
  readonly description: WebAppDescription;
  readonly page: Page;
  readonly origin: string;
  protected readonly place: WebAppPlace;

  constructor(description: WebAppDescription, place: WebAppPlace) {
    this.description = description;
    this.page = place.page;
    this.place = place;
    this.origin = httpsOf(byLabel(place.hosts)[description.name] ?? '');
  }

  get context(): BrowserContext {
    return this.page.context();
  }

  /** The same app and browser, in another tab. */
  inTab(page: Page): WebApp {
    return new WebApp(this.description, { ...this.place, page });
  }

  /** Pins this test's requests to this app to a pod; without a pod they are balanced again. */
  async pinTo(pod?: string): Promise<void> {
    await this.place.edge.pin(this.place.clientId, pod ? [{ service: this.description.name, pod }] : []);
  }

  /** Like {@link pinTo}, but with a pod for each path prefix; the first match wins. */
  async pinPaths(pods: ReadonlyArray<readonly [path: string, pod: string]>): Promise<void> {
    await this.place.edge.pin(
      this.place.clientId,
      pods.map(([path, pod]) => ({ service: this.description.name, path, pod })),
    );
  }

  /** Opens a page. It may go on loading for ever, by a slow image or a stream. */
  async goto(path: string): Promise<void> {
    await this.page.goto(this.origin + path, { waitUntil: 'commit' });
  }

  get issuer(): string {
    return this.description.issuer ?? `${httpsOf(this.place.hosts.auth)}/application/o/${this.description.name}/`;
  }

  /** Starts a sign-in, goes through the provider's login form and ends on the app's home page. */
  async signIn(person: Person, hasBegun = async (): Promise<void> => {}): Promise<void> {
    await this.startSignIn();
    await hasBegun();
    await this.logIn(person);
    await this.expectSignedIn();
  }

  /** Passes the provider's login form. @throws Error that says *unproven* when that of an own provider is not passed. */
  async logIn(person: Person): Promise<void> {
    const { logIn } = this.description;
    if (!logIn) return await new AuthentikLogin(this.page).signIn(person);
    try {
      await logIn(this.page, person);
      await this.page.waitForURL(({ origin }) => origin === this.origin, { timeout: chainMs, waitUntil: 'commit' });
    } catch (cause) {
      throw new Error(`unproven: the provider's login form was not passed: ${(cause as Error).message}`, { cause });
    }
  }

  /** A sign-in leads to the provider, which shows a page. */
  async expectAtProvider(message = 'the login form'): Promise<void> {
    if (!this.description.logIn) return await expect(new AuthentikLogin(this.page).username, message).toBeVisible();
    // Which page it is, only its owner knows.
    await expect(this.page, message).not.toHaveURL(({ origin }) => origin === this.origin);
  }

  /** The provider asks who the user is, and not for consent alone. @param when for the message. */
  async expectLoginForm(person: Person, when: string): Promise<void> {
    const message = `the login form ${when}`;
    await this.expectAtProvider(message);
    await this.description.logIn?.(this.page, person).catch((cause: Error) => {
      throw new Error(`${message} is not there: ${cause.message}`, { cause });
    });
  }

  /**
   * Signs the browser in with the requests of a sign-in and without its pages, which takes a third of the time. For
   * tests that claim nothing about signing in.
   * @param hasBegun called before the callback.
   * @returns whether Authentik asked for the password.
   */
  async startSession(person: Person, hasBegun?: () => Promise<void>): Promise<boolean> {
    const { signIn, home, logIn } = this.description;
    if (logIn) {
      await this.signIn(person, hasBegun);
      return true;
    }
    return signInByHttp(this.context.request, this.origin, person, signIn, { home, hasBegun });
  }

  /** {@link startSession}, then opens the home page. */
  async openSignedIn(person: Person): Promise<void> {
    await this.startSession(person);
    await this.goto('/');
    await this.expectSignedIn();
  }

  async startSignIn(): Promise<void> {
    await this.goto(this.description.signIn);
  }

  async expectSignedIn(): Promise<void> {
    const { name, home = '/', signIn, callback } = this.description;
    const isInside = ({ origin, pathname }: URL) =>
      // Where every page begins a sign-in, the home page does, too.
      origin === this.origin && ![pathOf(signIn), callback].some((path) => path === pathname && path !== '/');
    const where = home === null ? isInside : this.origin + home;
    await expect(this.page, `${name} did not end signed in`).toHaveURL(where, { timeout: chainMs });
  }

  /** Signs out with the app's own request. @returns every address that the browser visited. */
  async leave({ method, path }: NonNullable<WebAppDescription['signOut']>): Promise<Hop[]> {
    return hopsDuring(this.page, async () => {
      const isLanding = (frame: Frame) =>
        frame === this.page.mainFrame() &&
        frame.url().startsWith(this.origin) &&
        new URL(frame.url()).pathname !== pathOf(path);
      const ends = [
        this.page.waitForEvent('framenavigated', { predicate: isLanding, timeout: chainMs }),
        sessionEnd(this.page).waitFor({ timeout: chainMs }),
        new AuthentikLogin(this.page).username.waitFor({ timeout: chainMs }),
      ];
      if (method === 'POST') await this.page.evaluate(submitForm, path);
      // The landing of a GET may come before `goto` resolves, or instead of it.
      else await this.goto(path).catch(() => {});
      await Promise.any(ends).catch(() => {});
      await this.page.waitForLoadState('load', { timeout: landingMs }).catch(() => {});
    });
  }

  /** One API call with the browser's cookies; follows no redirect. */
  async call(path: string, { pod, headers = {}, timeout }: CallOptions = {}): Promise<APIResponse> {
    return this.context.request.get(this.origin + path, {
      maxRedirects: 0,
      ...(timeout === undefined ? {} : { timeout }),
      headers: { ...apiHeaders(pod), ...headers },
    });
  }

  /** The cookies of the app's calls as one header, to replay them later. */
  async cookieHeader(): Promise<string> {
    const cookies = await this.context.cookies(this.origin + this.description.calls[0]);
    return cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  }
}

/** In the page: what a button of a form does. */
function submitForm(path: string): void {
  const form = document.createElement('form');
  Object.assign(form, { method: 'post', action: path });
  document.body.append(form);
  form.submit();
}
