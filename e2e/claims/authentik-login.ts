import type { Locator, Page } from '@playwright/test';
import type { Person } from '../../fixtures/person.ts';
import { expect } from '../matchers/index.ts';

/** The page on which signing out of an app ends when Authentik does not redirect back. */
export const sessionEnd = (page: Page): Locator => page.locator('ak-flow-executor ak-stage-session-end');

/** Authentik's consent page for the scopes that an app requests. */
export const consentPage = (page: Page): Locator => page.locator('ak-flow-executor ak-stage-consent');

/** Authentik's login flow in a browser: the same component and field names as the real one (2025.12 to 2026.8). */
export class AuthentikLogin {
  readonly username: Locator;
  readonly password: Locator;
  readonly #page: Page;
  readonly #submit: Locator;

  constructor(page: Page) {
    this.#page = page;
    const flow = page.locator('ak-flow-executor');
    this.username = flow.locator('ak-stage-identification input[name="uidField"]');
    this.password = flow.locator('ak-stage-password input[name="password"]');
    this.#submit = flow.locator('button[type="submit"]');
  }

  async signIn(person: Pick<Person, 'username' | 'password'>): Promise<void> {
    await this.username.fill(person.username);
    await this.#submit.click();
    await this.password.fill(person.password);
    await this.#submit.click();
  }

  /** After a sign-in at Authentik itself. */
  async expectHome(): Promise<void> {
    await expect(this.#page, 'the home page of Authentik').toHaveURL(/\/if\/user\//);
  }

  /** Waits until Authentik shows the form for the password again, empty. */
  async expectRefusal(): Promise<void> {
    await expect(this.password, 'Authentik refuses the password').toHaveValue('');
  }
}
