import { sessionApp } from '../../apps/environment/apps.ts';
import type { Profile } from '../../fixtures/authentik/settings/profile.ts';
import { expect } from '../matchers/index.ts';
import type { App } from './app.ts';
import { AuthentikLogin, sessionEnd } from '../claims/authentik-login.ts';

/** The conditions, besides the version of Authentik, that determine where signing out ends. */
export interface Circumstances {
  /** The invalidation flow of the app's provider. Default: `provider`. */
  flow?: 'provider' | 'full';
  /** The session at Authentik has ended before. Default: it is active. */
  isOver?: boolean;
}

function endOf(profile: Profile, { flow = 'provider', isOver = false }: Circumstances) {
  if (isOver && profile.endSessionNeedsUser) return 'login form';
  if (profile.endSessionReadsParameters) return 'app';
  return flow === 'full' ? 'login form' : 'page of Authentik';
}

/** Asserts where signing out of an app ends: what users see depends on the version (docs/authentik-versions.md). */
export async function expectSignOutEnd(app: App, profile: Profile, circumstances: Circumstances = {}): Promise<void> {
  const what = `where signing out of ${app.name} ends`;
  const end = endOf(profile, circumstances);
  if (end === 'login form') return expect(new AuthentikLogin(app.page).username, what).toBeVisible();
  if (end === 'page of Authentik') {
    await expect(sessionEnd(app.page), what).toContainText(`You've logged out of ${sessionApp[app.name].title}`);
    return expect(sessionEnd(app.page).getByRole('link').first(), 'a way on from there').toBeVisible();
  }
  expect(app.page.url(), what).toBe(`${app.origin}/signed-out`);
  await expect(app.page.getByRole('heading', { level: 1 })).toHaveText('You are signed out');
}
