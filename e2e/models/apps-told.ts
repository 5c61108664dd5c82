import { HarnessError } from '../../fleet/errors.ts';
import { until } from '../../fleet/until.ts';
import { deadline } from '../deadline.ts';
import type { AuthentikSetup } from '../fixtures/authentik-setup.ts';

/** Waits until no back-channel logout request is in progress. A real worker may have other tasks first. */
export const appsTold = (authentik: Pick<AuthentikSetup, 'pendingLogoutCalls'>): Promise<true> =>
  until(async () => (await authentik.pendingLogoutCalls()) === 0, {
    timeoutMs: deadline(20_000),
    intervalMs: 50,
    failure: () =>
      new HarnessError(
        'Authentik has not made all of its calls to the apps after 20 s, which says nothing about them. See whether its worker runs, and what else it has to do.',
      ),
  });
