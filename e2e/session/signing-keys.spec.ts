import { setTimeout as delay } from 'node:timers/promises';
import { deadline } from '../deadline.ts';
import { expect, test } from '../index.ts';
import type { Variant } from '../fixtures/types.ts';
import { nodeClock } from '../models/node-clock.ts';

/** Seconds of platform-api's clock in one second. */
const speed = 240;
const clock = nodeClock(`began+(real.now()-began)*${speed}`);
const variant: Variant = {
  changes: [
    {
      env: [{ deployment: 'platform-api', name: 'NODE_OPTIONS', value: clock }],
      // One pod, so that every call reaches one that has fetched the key set.
      manifests: [
        {
          target: { kind: 'Deployment', name: 'platform-api' },
          patch: [{ op: 'replace', path: '/spec/replicas', value: 1 }],
        },
      ],
    },
  ],
};

test.use({ variant, needs: ['variants', 'authentik-control'] });

test(
  'while the key set of Authentik cannot be fetched, platform-api accepts tokens by the keys of the last hour',
  { tag: ['@jwks-outage-after-ten-minutes'] },
  async ({ authentik, newHttpSession, providerSettings }) => {
    // Otherwise the token would expire by the fast clock.
    await providerSettings('operator', { accessTokenSeconds: 7 * 86_400 });
    const { call } = await newHttpSession('operator');
    const { next: after } = await authentik.requests();
    // A key set of more than ten minutes is fetched again, but not waited for.
    const statuses: number[] = [];
    const fetched = async () => {
      statuses.push((await call('/api/me')).status());
      const { requests } = await authentik.requests({ after });
      return requests.filter(({ path, status }) => path.endsWith('/jwks/') && status === 200).length;
    };
    await expect.poll(fetched, { message: 'requests for the key set', timeout: deadline(10_000) }).toBeGreaterThan(0);
    expect(new Set(statuses), 'answers while the key set can be fetched').toEqual(new Set([200]));
    await authentik.setFault({ endpoint: 'jwks', status: 503 });
    await delay((12 * 60_000) / speed);
    const later = [await call('/api/me'), await call('/api/me')].map((answer) => answer.status());
    expect(later, 'twelve minutes later, without the key set').toEqual([200, 200]);
  },
);
