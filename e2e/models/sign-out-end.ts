import { expect } from '@playwright/test';
import { sessionApp } from '../../apps/environment/apps.ts';
import type { Profile } from '../../fixtures/authentik/profile.ts';
import type { App } from './app.ts';
import { sessionEnd } from './authentik-login.ts';

/**
 * Asserts where signing out of an app ends: at its page for that, or at Authentik's own where the version does not read
 * `post_logout_redirect_uri`.
 */
export async function expectSignOutEnd(app: App, { endSession }: Profile): Promise<void> {
  if (endSession.readsParameters) {
    expect(app.page.url(), `where signing out of ${app.name} ends`).toBe(`${app.origin}/signed-out`);
    await expect(app.page.getByRole('heading', { level: 1 })).toHaveText('You are signed out');
    return;
  }
  await expect(sessionEnd(app.page), `where signing out of ${app.name} ends`).toContainText(
    `You've logged out of ${sessionApp[app.name].title}`,
  );
}
