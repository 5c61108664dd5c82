import pLimit from 'p-limit';
import { everyApp } from '../../fleet/product/every-app.ts';
import { twoPods } from '../claims/two-pods.ts';
import { apiHeaders } from '../claims/web-app.ts';
import type { Variant } from '../fixtures/types.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { heapOf, loggedHeap } from '../models/heap.ts';

const appName = layerApp('portal');

const variant: Variant = { changes: [{ env: everyApp('NODE_OPTIONS', loggedHeap) }] };

test.use({ variant, appName, needs: ['variants'] });

const warmUp = 400;
const count = 1200;
/** Bytes per request: caches and compiled code still grow by some 200. */
const most = 1000;

test(
  `a pod holds less than ${most} bytes of each request that is over`,
  { tag: ['@requests-never-forgotten'] },
  async ({ fleet, newHttpSession }) => {
    const [pod] = await twoPods(fleet, appName);
    const { request, origin } = await newHttpSession(appName);
    const kinds = [
      { path: '/api/me' },
      { path: '/api/me', cookie: '' },
      { path: '/' },
      { path: '/auth/oidc/login', cookie: '' },
    ];
    const limited = pLimit(20);
    const send = async (index: number) => {
      const { path, ...cookie } = kinds[index % kinds.length]!;
      const headers = { ...apiHeaders(pod), ...cookie };
      const response = await request.get(`${origin}${path}`, { headers, maxRedirects: 0 });
      await response.dispose();
      return response.status();
    };
    const sendMany = (requests: number) => Promise.all(Array.from({ length: requests }, (_, i) => limited(send, i)));

    await sendMany(warmUp);
    const before = await heapOf(fleet, pod);
    const statuses = new Set(await sendMany(count));
    const grown = (await heapOf(fleet, pod)) - before;
    expect([...statuses].toSorted(), `statuses of ${count} requests to ${pod}`).toEqual([200, 401]);
    expect(grown / count, `bytes that ${pod} holds of each request`).toBeLessThan(most);
  },
);
