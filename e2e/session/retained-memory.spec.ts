import pLimit from 'p-limit';
import { twoPods } from '../claims/two-pods.ts';
import { apiHeaders } from '../claims/web-app.ts';
import type { Variant } from '../fixtures/types.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { heapOf, loggedHeap } from '../models/heap.ts';

const appName = layerApp('portal');

const variant: Variant = {
  changes: [{ env: [{ deployment: appName, name: 'NODE_OPTIONS', value: loggedHeap }] }],
};

test.use({ variant, appName, needs: ['variants'] });

/** Requests at once: more would take longer than a pod waits for platform-api. */
const atOnce = 4;
const batch = 200;
/** Caches and compiled code grow as well, but not in every batch. */
const mostBatches = 6;
/** Bytes per request. */
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
    const limited = pLimit(atOnce);
    const send = async (index: number) => {
      const { path, ...cookie } = kinds[index % kinds.length]!;
      const headers = { ...apiHeaders(pod), ...cookie };
      const response = await request.get(`${origin}${path}`, { headers, maxRedirects: 0 });
      await response.dispose();
      return response.status();
    };
    const sizes: number[] = [];
    const grown = () => sizes.slice(1).map((size, index) => Math.round((size - sizes[index]!) / batch));
    const statuses: number[] = [];
    while (sizes.length <= mostBatches && !grown().some((bytes) => bytes < most)) {
      statuses.push(...(await Promise.all(Array.from({ length: batch }, (_, i) => limited(send, i)))));
      sizes.push(await heapOf(fleet, pod));
    }
    expect(statuses, `statuses of the requests to ${pod}`).toEqual(expect.arrayContaining([200, 401]));
    // A busy pod refuses some.
    const answered = statuses.filter((status) => status === 200 || status === 401).length / statuses.length;
    expect(answered, `share of the requests that ${pod} answered as wanted`).toBeGreaterThan(0.9);
    expect(Math.min(...grown()), `bytes that ${pod} holds of each request`).toBeLessThan(most);
  },
);
