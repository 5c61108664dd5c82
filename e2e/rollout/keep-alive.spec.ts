import { request } from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { contract } from '../contract.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';

const appName = layerApp('operator');

test.use({ appName });

test(
  `a pod keeps an idle connection longer than the ingress does, which keeps it for ${contract.ingressKeepAliveSeconds} s`,
  { tag: ['@keep-alive-shorter-than-ingress'] },
  async ({ fleet }) => {
    // Past the edge, which does not pass on the header.
    const address = await fleet.reach(appName, 80);
    const asked = request({ ...address, path: '/api/_health/live', headers: { connection: 'keep-alive' } }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    response.resume();
    asked.destroy();
    const [, seconds = '0'] = /timeout=(\d+)/.exec(String(response.headers['keep-alive'])) ?? [];
    expect(Number(seconds), 'seconds that a pod keeps an idle connection').toBeGreaterThan(
      contract.ingressKeepAliveSeconds,
    );
  },
);
