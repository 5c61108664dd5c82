import type { APIRequestContext, APIResponse } from '@playwright/test';
import type { App } from './app.ts';

/** The path of an app's back-channel logout endpoint. */
export const backChannelPath = '/auth/oidc/backchannel-logout';

/**
 * Posts a logout token to a pod of an app, as Authentik does. @param request without cookies of its own. @param timeout
 * in milliseconds.
 */
export const sendLogoutToken = (
  request: APIRequestContext,
  app: App,
  { token, pod, timeout }: { token: string; pod: string; timeout?: number },
): Promise<APIResponse> =>
  request.post(app.origin + backChannelPath, {
    form: { logout_token: token },
    headers: { 'x-edge-pin': pod },
    ...(timeout === undefined ? {} : { timeout }),
  });
