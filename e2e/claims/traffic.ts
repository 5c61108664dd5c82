import { agentThrough } from '../../fleet/edge/client.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { answerIn, noAnswer, type Answer } from '../matchers/answers.ts';

export interface TrafficOptions {
  url: string;
  /** `cookie` header of a signed-in user. */
  cookie: string;
  /** Requests per second, evenly spaced and independent of response times (open loop). */
  rate: number;
  /** `close`: a new connection for each request, up to the pod. */
  connection: 'keep-alive' | 'close';
}

interface TrafficSample extends Required<Answer> {
  at: number;
}

/** A client that sends requests continuously. The samples are complete when `stop` resolves. */
export interface RunningTraffic {
  /** Resolves when `count` more requests are complete. */
  more(count: number): Promise<void>;
  stop(): Promise<readonly TrafficSample[]>;
}

/** Open-loop traffic through the edge, without retries: each failed request would fail for a user too. */
export function startTraffic(
  { url, cookie, rate, connection }: TrafficOptions,
  fleet: Fleet,
  clientId: string,
): RunningTraffic {
  const agent = agentThrough(fleet.edge);
  const samples: TrafficSample[] = [];
  const inFlight = new Set<Promise<void>>();
  const waiting: Array<{ until: number; resolve: () => void }> = [];

  const method = 'GET';
  const { origin, pathname, search } = new URL(url);
  const sendRequest = async (): Promise<void> => {
    const at = Date.now();
    try {
      const response = await agent.request({
        origin,
        path: pathname + search,
        method,
        reset: connection === 'close',
        headers: { cookie, accept: 'application/json', 'x-edge-client': clientId, 'x-edge-kind': 'api' },
      });
      const body = await response.body.text();
      const { statusCode: status, headers } = response;
      samples.push({ at, ...answerIn({ status, method, url, headers, body }) });
    } catch (error) {
      samples.push({ at, ...noAnswer(method, url, error as Error) });
    }
    for (const wait of waiting.filter(({ until }) => samples.length >= until)) wait.resolve();
  };

  const timer = setInterval(() => {
    const request = sendRequest().finally(() => inFlight.delete(request));
    inFlight.add(request);
  }, 1000 / rate);

  let stopped: Promise<readonly TrafficSample[]> | undefined;
  return {
    more: (count) =>
      new Promise((resolve) => {
        waiting.push({ until: samples.length + count, resolve });
      }),
    stop: () =>
      (stopped ??= (async () => {
        clearInterval(timer);
        await Promise.all(inFlight);
        await agent.close();
        return samples;
      })()),
  };
}
