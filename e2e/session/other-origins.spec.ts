import { sessionApp } from '../../apps/environment/apps.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { publicPages } from '../contract.ts';
import { shows } from '../requirements/requirements.ts';

const appName = layerApp('portal');

test.use({ appName });

test(
  'no response may be read by a page of another origin, not even by one of the same domain',
  { tag: ['@any-origin-may-read'], annotation: shows('ASVS 3.4.2') },
  async ({ app, fleet, newPerson }) => {
    await app.startSession(await newPerson());
    const { pages, api, health } = sessionApp[appName];
    const paths = [...pages, ...publicPages, ...api, '/api/_auth/session', health.ready, '/auth/oidc/logout'];
    const allowed: string[] = [];
    for (const origin of ['https://evil.example', httpsOf(fleet.hosts.mail), 'null']) {
      for (const path of paths) {
        for (const method of ['GET', 'OPTIONS']) {
          const headers = { origin, 'access-control-request-method': 'GET' };
          const answer = await app.context.request.fetch(app.origin + path, { method, headers, maxRedirects: 0 });
          const given = Object.entries(answer.headers()).filter(([name]) => name.startsWith('access-control-'));
          if (given.length > 0) allowed.push(`${method} ${path} for ${origin}: ${given.join(' ')}`);
        }
      }
    }
    expect(allowed, 'what other origins may read').toEqual([]);
  },
);
