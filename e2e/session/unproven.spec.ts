import { Agent } from 'undici';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { twoPods } from '../claims/two-pods.ts';

const appName = layerApp('portal');

/** The probability that all these connections go to one of two pods is one in half a million. */
const requests = 20;

test.use({ needs: ['store', 'services'] });

test.use({ appName });

test(
  'requests on one kept-alive connection prove nothing about two pods, and are reported as unproven',
  { tag: ['@memory-sessions', '@replicas-1', '@service-affinity'] },
  async ({ app, fleet, newPerson }) => {
    // A pod that is about to terminate would close the connection.
    await twoPods(fleet, appName);
    await app.startSession(await newPerson());
    const target = {
      ...(await fleet.reach(appName, 80)),
      headers: {
        host: new URL(app.origin).host,
        cookie: await app.cookieHeader(),
        accept: 'application/json',
      },
    };

    const kept = await inTurn(target, 'keep-alive');
    expect(kept, 'requests on one connection').toAllSucceed();
    expect(() => expect(kept).toSpanPods(2)).toThrow(/unproven: 1 of the 2 pods/);

    const fresh = await inTurn(target, 'close');
    expect(fresh, 'requests on a connection each').toAllSucceed();
    expect(fresh).toSpanPods(2);
  },
);

/** Bypasses edge and ingress, which balance requests. */
async function inTurn(
  { host, port, headers }: { host: string; port: number; headers: Record<string, string> },
  connection: 'keep-alive' | 'close',
): Promise<Array<{ status: number; pod: string; servedBy: string; session: string }>> {
  const agent = new Agent({ connections: 1 });
  try {
    const answers = [];
    for (let count = 0; count < requests; count += 1) {
      const response = await agent.request({
        origin: `http://${host}:${port}`,
        path: '/api/me',
        method: 'GET',
        reset: connection === 'close',
        headers,
      });
      await response.body.dump();
      const pod = String(response.headers['x-served-by'] ?? '');
      answers.push({ status: response.statusCode, pod, servedBy: pod, session: 'the one whose cookie is sent' });
    }
    return answers;
  } finally {
    await agent.close();
  }
}
