import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { appNames } from '../../apps/environment/apps.ts';

interface Blueprint {
  entries: Array<{ identifiers: { client_id: string }; attrs: Record<string, string> }>;
}
interface MockProvider {
  clientId: string;
  refreshTokenSeconds: number;
  refreshThresholdSeconds: number;
  logoutUri: string;
}

const day = 86_400;

/** Seconds of a duration as Authentik writes it (lib/utils/time.py): `days=15`. */
const secondsOf = (duration = ''): number => {
  const days = /^days=(\d+)$/.exec(duration)?.[1];
  expect(days, `${duration} in days`).toBeDefined();
  return Number(days) * day;
};

const { entries } = parse(readFileSync(join(import.meta.dirname, 'providers.yaml'), 'utf8')) as Blueprint;
const production = entries.map(({ identifiers, attrs }) => ({
  clientId: identifiers.client_id,
  refreshTokenSeconds: secondsOf(attrs['refresh_token_validity']),
  refreshThresholdSeconds: secondsOf(attrs['refresh_token_threshold']),
  logoutUri: attrs['logout_method'] === 'backchannel' ? attrs['logout_uri'] : undefined,
}));

test.each(entries)(
  'an access token of $identifiers.client_id lasts five minutes, on which the idle limit rests',
  ({ attrs }) => {
    expect(attrs['access_token_validity']).toBe('minutes=5');
  },
);

test('production has the setting for every app', () => {
  expect(production.map(({ clientId }) => clientId)).toEqual(appNames);
});

test.each(production)(
  'a session of $clientId that is used every 14 days never meets the end of a refresh token',
  (it) => {
    // With exactly the threshold left, the token is not rotated. Its next use may be 14 days later.
    const leftAtTheNextUse = it.refreshThresholdSeconds - 14 * day;
    expect(leftAtTheNextUse).toBeGreaterThanOrEqual(day);
    expect(it.refreshThresholdSeconds, 'rotating at every refresh').toBeLessThan(it.refreshTokenSeconds);
  },
);

test('the fleet of the tests has what production has', () => {
  const documents = parseAllDocuments(readFileSync(join(import.meta.dirname, '../e2e/authentik-config.yaml'), 'utf8'));
  const objects = documents.map((document) => document.toJS() as { kind: string; data?: Record<string, string> });
  const config = objects.find(({ kind }) => kind === 'ConfigMap')?.data ?? {};
  const providers = JSON.parse(config['AUTHENTIK_PROVIDERS'] ?? '[]') as MockProvider[];
  expect(
    providers.map(({ clientId, refreshTokenSeconds, refreshThresholdSeconds, logoutUri }) => ({
      clientId,
      refreshTokenSeconds,
      refreshThresholdSeconds,
      logoutUri,
    })),
  ).toEqual(production);
});
