import { once } from 'node:events';
import { connect } from 'node:net';
import { request } from 'undici';
import type { Probe } from '../../manifests/objects.ts';
import { host } from './ports.ts';

/** Where the probed pod listens, by port name and by container port. */
export interface ProbeTarget {
  portOf(port: string | number): number | undefined;
  /** The expected `x-served-by`, if the response has one. */
  podName: string;
}

/**
 * One attempt of a probe. Resolves with undefined when it succeeds, otherwise with the reason. Like a kubelet it opens
 * a new connection each time, and any status from 200 to 399 is a success. Unlike a kubelet it fails on a response with
 * another pod's `x-served-by`, because here a wrong port could belong to another pod.
 */
export async function attempt(probe: Probe, target: ProbeTarget): Promise<string | undefined> {
  const named = probe.httpGet?.port ?? probe.tcpSocket?.port ?? '';
  const port = target.portOf(named);
  if (port === undefined) return `the container has no port ${named}`;
  const timeout = (probe.timeoutSeconds ?? 1) * 1000;
  return probe.httpGet
    ? await httpGet(target, port, probe.httpGet.path ?? '/', timeout)
    : await tcpSocket(port, timeout);
}

async function httpGet(target: ProbeTarget, port: number, path: string, timeout: number): Promise<string | undefined> {
  const signal = AbortSignal.timeout(timeout);
  try {
    const { statusCode, headers, body } = await request(`http://${host}:${port}${path}`, {
      headers: { 'user-agent': 'kube-probe/1.34', accept: '*/*' },
      reset: true,
      signal,
    });
    // It does not matter, nor how it ends.
    body.on('error', () => {}).resume();
    const servedBy = headers['x-served-by'];
    if (servedBy !== undefined && servedBy !== target.podName) return `GET ${path} was answered by ${String(servedBy)}`;
    return statusCode >= 200 && statusCode < 400 ? undefined : `GET ${path} answered ${statusCode}`;
  } catch (error) {
    if (signal.aborted) return `GET ${path} had no answer within ${timeout} ms`;
    return `GET ${path} failed: ${(error as Error).message}`;
  }
}

async function tcpSocket(port: number, timeout: number): Promise<string | undefined> {
  const signal = AbortSignal.timeout(timeout);
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect', { signal });
    return undefined;
  } catch (error) {
    return signal.aborted ? `no connection within ${timeout} ms` : (error as Error).message;
  } finally {
    socket.destroy();
  }
}

/**
 * Turns probe results into a state, like a kubelet's probe worker.
 * @param onResult called on each success, and on each failure from the `failureThreshold`th in a row on.
 * @param periodMs between attempts; by default the probe's `periodSeconds`.
 * @returns a function that ends it.
 */
export function startProbe(
  probe: Probe,
  target: ProbeTarget,
  onResult: (passing: boolean, reason: string | undefined) => void,
  periodMs?: number,
): () => void {
  const { initialDelaySeconds = 0, periodSeconds = 10, failureThreshold = 3 } = probe;
  const period = periodMs ?? periodSeconds * 1000;
  // The manifest's threshold spans threshold × period. A shorter period needs more attempts to span it.
  const threshold = Math.ceil((failureThreshold * periodSeconds * 1000) / period);
  let stopped = false;
  let failures = 0;
  let timer = setTimeout(next, initialDelaySeconds * 1000);

  async function next(): Promise<void> {
    const startedAt = Date.now();
    const reason = await attempt(probe, target);
    if (stopped) return;
    failures = reason === undefined ? 0 : failures + 1;
    if (reason === undefined || failures >= threshold) onResult(reason === undefined, reason);
    if (!stopped) timer = setTimeout(next, Math.max(0, period - (Date.now() - startedAt)));
  }

  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
