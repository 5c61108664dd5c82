import type { APIRequestContext, APIResponse } from '@playwright/test';
import type { App } from './app.ts';

const path = '/auth/oidc/backchannel-logout';

/** Posts a logout token to a pod of an app, as Authentik does. @param request without cookies of its own. */
export const sendLogoutToken = (
  request: APIRequestContext,
  app: App,
  { token, pod }: { token: string; pod: string },
): Promise<APIResponse> =>
  request.post(app.origin + path, { form: { logout_token: token }, headers: { 'x-edge-pin': pod } });
