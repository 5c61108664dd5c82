import { createServer, type RequestListener } from 'node:http';
import { describe, expect, test } from 'vitest';
import { listening } from '../../testing.ts';
import type { Probe } from '../../manifests/objects.ts';
import { attempt, startProbe, type ProbeTarget } from './probe.ts';

async function targetOf(listener: RequestListener, server = createServer()): Promise<ProbeTarget> {
  const port = await listening(server.on('request', listener));
  return { podName: 'web-1', portOf: (named) => (named === 'http' ? port : undefined) };
}
const http: Probe = { httpGet: { path: '/ready', port: 'http' } };

describe('an attempt', () => {
  test.each([
    [200, undefined],
    [302, undefined],
    [404, 'GET /ready answered 404'],
    [503, 'GET /ready answered 503'],
  ])('with status %i comes to %s', async (status, expected) => {
    const target = await targetOf((_, response) => response.writeHead(status).end());
    expect(await attempt(http, target)).toBe(expected);
  });

  test('fails when another pod answers on the port', async () => {
    const target = await targetOf((_, response) => response.setHeader('x-served-by', 'web-2').end());
    expect(await attempt(http, target)).toBe('GET /ready was answered by web-2');
    expect(await attempt(http, { ...target, podName: 'web-2' })).toBeUndefined();
  });

  test('fails when no answer comes in time, or nobody listens', async () => {
    const server = createServer();
    const target = await targetOf(() => {}, server);
    expect(await attempt({ ...http, timeoutSeconds: 0.05 }, target)).toBe('GET /ready had no answer within 50 ms');
    expect(await attempt({ tcpSocket: { port: 'http' } }, target)).toBeUndefined();
    server.closeAllConnections();
    server.close();
    expect(await attempt(http, target)).toContain('ECONNREFUSED');
    expect(await attempt({ tcpSocket: { port: 'http' } }, target)).toContain('ECONNREFUSED');
    expect(await attempt({ tcpSocket: { port: 'none' } }, target)).toBe('the container has no port none');
  });
});

test('a worker reports each success, and failures after as many in a row as the threshold wants', async () => {
  const statuses = [200, 503, 200, 503, 503, 200];
  const asked: number[] = [];
  const target = await targetOf((_, response) => {
    const status = statuses.shift() ?? 200;
    asked.push(status);
    response.writeHead(status).end();
  });
  const results: Array<[attempts: number, passing: boolean]> = [];
  const probe: Probe = { ...http, periodSeconds: 0.02, failureThreshold: 2 };
  const stop = startProbe(probe, target, (passing) => results.push([asked.length, passing]));
  await expect.poll(() => results.length).toBeGreaterThanOrEqual(4);
  stop();
  expect(results.slice(0, 4)).toEqual([
    [1, true],
    [3, true],
    [5, false],
    [6, true],
  ]);
});

test('a probe with an initial delay does not ask before it', async () => {
  let firstAsked = 0;
  const target = await targetOf((_, response) => {
    firstAsked ||= Date.now();
    response.end();
  });
  const started = Date.now();
  const passed = Promise.withResolvers<void>();
  const stop = startProbe({ ...http, initialDelaySeconds: 0.2 }, target, () => passed.resolve());
  await passed.promise;
  stop();
  expect(firstAsked - started).toBeGreaterThanOrEqual(199);
});
