import type { BrowserContext, ConsoleMessage, Page, Request, Response } from '@playwright/test';
import { sessionApp, type AppName } from '../../apps/environment/apps.ts';
import type { Person } from '../../fixtures/person.ts';
import { AuthentikLogin, sessionEnd } from '../claims/authentik-login.ts';
import { chainMs, WebApp, type WebAppDescription, type WebAppPlace } from '../claims/web-app.ts';
import { routes } from '../contract.ts';
import { expect } from '../matchers/index.ts';
import { hopsDuring, type Hop } from '../matchers/hops.ts';

/** What claims need to know of an app. */
export const describedApp = (name: AppName): WebAppDescription => ({
  name,
  signIn: routes.signIn,
  callback: routes.callback,
  signOut: { method: 'POST', path: routes.signOut },
  backChannel: routes.backChannel,
  calls: sessionApp[name].api,
  namesPods: true,
});

/** One of the apps, as a user with a browser uses it. */
export class App extends WebApp {
  readonly name: AppName;

  constructor(name: AppName, place: WebAppPlace) {
    super(describedApp(name), place);
    this.name = name;
  }

  /** The same app in another browser profile, as on another device. */
  async inProfile(profile: BrowserContext): Promise<App> {
    return new App(this.name, { ...this.place, page: await profile.newPage() });
  }

  /**
   * Opens a page and asserts that it is the requested one, not an error page or a redirect to sign-in.
   * @returns its document, as the server sent it.
   */
  async open(path: string, { status = 200 }: { status?: number } = {}): Promise<string> {
    const response = await this.page.goto(this.origin + path);
    expect(response?.status(), `status of ${path} of ${this.name}`).toBe(status);
    await hydrated(this.page);
    expect(this.page.url(), `where ${path} of ${this.name} leads`).toBe(this.origin + path);
    await expect(this.page.getByRole('heading', { level: 1 }), `heading of ${path} of ${this.name}`).toBeVisible();
    return (await response?.text()) ?? '';
  }

  override async goto(path: string): Promise<void> {
    await this.page.goto(this.origin + path);
  }

  /** Clicks "Sign in" on the sign-in page. The result depends on the session at Authentik. */
  override async startSignIn(): Promise<void> {
    await this.goto('/sign-in');
    await this.signInControl.click();
  }

  override async expectSignedIn(): Promise<void> {
    await super.expectSignedIn();
    await expect(this.signOutControl).toBeVisible();
  }

  get signInControl() {
    return this.#control('Sign in');
  }

  get signOutControl() {
    return this.#control('Sign out');
  }

  #control(name: string) {
    return this.page.getByRole('link', { name }).or(this.page.getByRole('button', { name })).first();
  }

  /** Signs out with the button of the open page. @returns every address that the browser visited. */
  async signOut(): Promise<Hop[]> {
    return hopsDuring(this.page, async () => {
      let end: Response | undefined;
      const note = (response: Response): void => {
        if (isLanding(response, this.page)) end = response;
      };
      this.page.on('response', note);
      // The address at navigation, before scripts of the page change it.
      const landed = this.page.waitForEvent('framenavigated', {
        predicate: (frame) => frame === this.page.mainFrame() && frame.url() === end?.url(),
        timeout: chainMs,
      });
      using broken = brokenNavigation(this.page);
      try {
        const pageOfAuthentik = sessionEnd(this.page).or(new AuthentikLogin(this.page).username);
        const ended = pageOfAuthentik.waitFor({ timeout: chainMs });
        await Promise.race([Promise.all([Promise.any([landed, ended]), this.signOutControl.click()]), broken.signal]);
      } catch (cause) {
        throw new Error(`${await this.#whySignOutFailed()} The browser is at ${this.page.url()}.`, { cause });
      } finally {
        this.page.off('response', note);
      }
      await this.page.waitForLoadState();
    });
  }

  /** Where a sign-out stopped that did not end, by the app's response to it in the ledger. */
  async #whySignOutFailed(): Promise<string> {
    const rows = await this.place.edge.ledger({ client: this.place.clientId });
    const row = rows.findLast(({ url }) => url.startsWith(`${this.origin}/auth/oidc/logout`));
    if (!row) return `Signing out did not come to an end: ${this.name} got no request to sign out.`;
    const to = URL.parse(row.location, row.url);
    if (row.status !== 303 || !to)
      return `Signing out did not come to an end: ${row.servedBy} answered it with ${row.status}.`;
    const where = `${row.servedBy} led to ${to.host}${to.pathname}`;
    return to.host === this.place.hosts.auth || to.origin === this.origin
      ? `Signing out did not come to an end: ${where}, and no page came.`
      : `Signing out left the fleet: ${where}, not to ${this.place.hosts.auth}.`;
  }

  /** Every response of this app to the browser while `work` runs, including redirects. */
  async responsesDuring(work: () => Promise<unknown>): Promise<Response[]> {
    const responses: Response[] = [];
    const note = (response: Response): void => {
      if (new URL(response.url()).origin === this.origin) responses.push(response);
    };
    this.page.on('response', note);
    try {
      await work();
    } finally {
      this.page.off('response', note);
    }
    return responses;
  }
}

export function appNamed(apps: readonly App[], name: AppName): App {
  const app = apps.find((each) => each.name === name);
  if (app) return app;
  throw new Error(`There is no app ${name} among ${apps.map((each) => each.name).join(', ')}.`);
}

/** Signs a user in at every app: at the first with the password, at the others by single sign-on. */
export async function startSessionAtEach(apps: readonly App[], person: Person): Promise<void> {
  for (const [index, app] of apps.entries()) {
    const asked = await app.startSession(person);
    expect(asked, `whether Authentik asks for the password at ${app.name}`).toBe(index === 0);
  }
}

/** Waits until the page's own scripts have started, like `waitForHydration` of @nuxt/test-utils. */
export const hydrated = (page: Page) =>
  page.waitForFunction(
    () => (window as { useNuxtApp?: () => { isHydrating: boolean } }).useNuxtApp?.().isHydrating === false,
  );

/** Resolves when no part of the page is loading. A request in progress could get a response from a later state. */
export async function loaded(page: Page): Promise<void> {
  const main = page.getByRole('main');
  const asking = main.getByRole('status').or(main.getByRole('button', { name: 'One moment' }));
  await expect(asking, 'parts that are still loading').toHaveCount(0);
}

/**
 * Rejects when a navigation can come to no page any more, so that nobody waits for it: its address does not answer, as one
 * outside the fleet, or the policy of the page forbids it. A refusal is a page, also with a status of 421 or 5xx.
 */
function brokenNavigation(page: Page): Disposable & { signal: Promise<never> } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const onConsole = (message: ConsoleMessage): void => {
    if (message.type() === 'error' && message.text().includes('Content Security Policy'))
      reject(new Error(message.text()));
  };
  const onFailure = (request: Request): void => {
    const { errorText = '' } = request.failure() ?? {};
    // Chromium aborts a navigation when another one starts.
    if (isOfMainFrame(request, page) && errorText !== 'net::ERR_ABORTED') reject(new Error(errorText));
  };
  page.on('console', onConsole).on('requestfailed', onFailure);
  return {
    signal: promise,
    [Symbol.dispose]: () => void page.off('console', onConsole).off('requestfailed', onFailure),
  };
}

const isOfMainFrame = (request: Request, page: Page): boolean =>
  request.isNavigationRequest() && request.frame() === page.mainFrame();

/** The end of a chain of redirects; Authentik's flow page is none, because it navigates by script. */
const isLanding = (response: Response, page: Page): boolean =>
  isOfMainFrame(response.request(), page) &&
  (response.status() < 300 || response.status() >= 400) &&
  !new URL(response.url()).pathname.startsWith('/if/flow/');
