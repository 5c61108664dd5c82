import type { APIRequestContext, APIResponse } from '@playwright/test';
import { HarnessError } from '../../fleet/errors.ts';
import { until } from '../../fleet/until.ts';
import { routes } from '../contract.ts';
import { deadline } from '../deadline.ts';
import type { App } from './app.ts';

/** Posts a logout token to a pod of an app, as Authentik does. @param request without cookies of its own. */
export const sendLogoutToken = (
  request: APIRequestContext,
  app: App,
  { token, pod, timeout }: { token: string; pod: string; timeout?: number },
): Promise<APIResponse> =>
  request.post(app.origin + routes.backChannel, {
    form: { logout_token: token },
    headers: { 'x-edge-pin': pod },
    ...(timeout === undefined ? {} : { timeout }),
  });

/** Waits until no back-channel logout request is in progress. A real worker may have other tasks first. */
export const logoutCallsDone = (authentik: { pendingLogoutCalls(): Promise<number> }): Promise<true> =>
  until(async () => (await authentik.pendingLogoutCalls()) === 0, {
    timeoutMs: deadline(20_000),
    intervalMs: 50,
    failure: () =>
      new HarnessError(
        'Authentik has not made all of its calls to the apps after 20 s, which says nothing about them. See whether its worker runs, and what else it has to do.',
      ),
  });
