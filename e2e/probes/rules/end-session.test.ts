import { describe, expect, test } from 'vitest';
import { endSessionFaults } from './end-session.ts';

const own = 'https://portal.dezky.example';
const auth = 'https://auth.dezky.example';

describe('where signing out leads', () => {
  const expected = { app: 'portal', own, auth, discovered: `${auth}/application/o/portal/end-session/` };
  const report = { endSessionUrl: expected.discovered, postLogoutRedirectUri: `${own}/signed-out` };
  const faults = (change: object, more: object = {}) =>
    endSessionFaults('portal-a', { ...report, ...change }, { ...expected, ...more });

  test('is fine as it is, and when Authentik could not be asked', () => {
    expect(faults({})).toEqual([]);
    expect(faults({}, { discovered: undefined })).toEqual([]);
  });

  test.each([
    ['another host', 'https://auth.dezky.local/application/o/portal/end-session/'],
    ['another port', `${auth}:9443/application/o/portal/end-session/`],
    ['another app', `${auth}/application/o/operator/end-session/`],
  ])('at %s is a fault that names it', (_what, endSessionUrl) => {
    expect(faults({ endSessionUrl })[0]).toContain(`end-session address ${endSessionUrl}, not to`);
    expect(faults({ endSessionUrl })[0]).toContain('remove NUXT_OIDC_PROVIDERS_OIDC_LOGOUT_URL where it is set');
  });

  test('and Authentik must say the same', () => {
    expect(faults({}, { discovered: 'http://authentik/x/' })).toEqual([expect.stringContaining('http://authentik/x/')]);
  });

  test('and the way back must be here', () => {
    expect(faults({ postLogoutRedirectUri: `${own}/` })).toEqual([
      expect.stringMatching(new RegExp(`${own}/signed-out: remove NUXT_OIDC_PROVIDERS_OIDC_LOGOUT_REDIRECT_URI`)),
    ]);
  });

  test('a pod that does not say is a fault, not a pass', () => {
    expect(faults({ endSessionUrl: undefined })).toEqual([expect.stringContaining('does not say')]);
  });
});
