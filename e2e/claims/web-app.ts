import type { APIResponse, BrowserContext, Page } from '@playwright/test';
import type { EdgeClient } from '../../fleet/edge/client.ts';
import { byLabel, httpsOf, type Hosts } from '../../fleet/hosts.ts';
import type { Person } from '../../fixtures/person.ts';
import { deadline } from '../deadline.ts';
import { expect } from '../matchers/index.ts';
import { AuthentikLogin } from './authentik-login.ts';
import { signInByHttp } from './sign-in-by-http.ts';

/** What claims need to know of an app that users sign in to. */
export interface WebAppDescription {
  /** Name of its Service and its Deployment, and the label of its host. */
  name: string;
  /** Paths where a sign-in begins and ends. It leads to the home page. */
  signIn: string;
  callback: string;
  /** Paths that respond with 200 to a GET of a signed-in user. */
  calls: readonly [string, ...string[]];
  /** Its responses name their pod (`x-served-by`). */
  namesPods: boolean;
}

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

/** How a browser of a test reaches an app. */
export interface WebAppPlace {
  page: Page;
  hosts: Hosts;
  edge: EdgeClient;
  clientId: string;
}

/** An app, as a user with a browser uses it. */
/** Headers of an API call, which the edge sends to a given pod, or balances. */
export const apiHeaders = (pod?: string): Record<string, string> => ({
  accept: 'application/json',
  'x-edge-kind': 'api',
  ...(pod && { 'x-edge-pin': pod }),
});

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

  async goto(path: string): Promise<void> {
    await this.page.goto(this.origin + path);
  }

  /** Starts a sign-in, goes through Authentik's login form and ends on the app's home page. */
  async signIn(person: Person): Promise<void> {
    await this.startSignIn();
    await new AuthentikLogin(this.page).signIn(person);
    await this.expectSignedIn();
  }

  /**
   * Signs the browser in with the requests of a sign-in and without its pages, which takes a third of the time. For
   * tests that claim nothing about signing in.
   * @returns whether Authentik asked for the password.
   */
  async startSession(person: Person): Promise<boolean> {
    return signInByHttp(this.context.request, this.origin, person, this.description.signIn);
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
    await expect(this.page, `${this.description.name} did not end signed in`).toHaveURL(`${this.origin}/`, {
      timeout: chainMs,
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

  /** The cookies of this app as one header, to replay them later. */
  async cookieHeader(): Promise<string> {
    const cookies = await this.context.cookies(this.origin);
    return cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  }
}
