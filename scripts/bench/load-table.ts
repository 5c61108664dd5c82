import Table from 'cli-table3';

/** CPU milliseconds of an action. */
export interface Cost {
  app: number;
  platformApi: number;
  redis: number;
}

/** What was measured with a number of stored sessions. */
export interface LoadPoint {
  sessions: number;
  redisBytes: number;
  bytesPerSession: number;
  /** Resident memory of the app's pods. */
  podBytes: number;
  call: Cost;
  page: Cost;
  /** Without the API call that causes it. */
  refresh: Cost;
}

/** Assumed of the busiest hour; docs/capacity.md states it. */
const assumed = { activeShare: 0.2, pagesPerMinute: 1, callsPerMinute: 4 };

/** Seconds before its end at which the apps renew an access token (apps/base/server/sessions). */
const renewalMarginSeconds = 30;

/** The mean of several costs, without a cost that each of them contains. CPU times are noisy, so none is below 0. */
export function without(costs: readonly Cost[], other: Cost): Cost {
  const of = (part: (cost: Cost) => number): number =>
    Math.max(0, costs.reduce((sum, cost) => sum + part(cost), 0) / costs.length - part(other));
  return {
    app: of(({ app }) => app),
    platformApi: of(({ platformApi }) => platformApi),
    redis: of(({ redis }) => redis),
  };
}

/** What the stored sessions need in the busiest hour, per second. Cores: CPU seconds per second. */
export function needOf({ sessions, call, page, refresh }: LoadPoint, accessTokenSeconds: number) {
  const active = sessions * assumed.activeShare;
  const calls = (active * assumed.callsPerMinute) / 60;
  const pages = (active * assumed.pagesPerMinute) / 60;
  const refreshes = active / (accessTokenSeconds - renewalMarginSeconds);
  const cores = (part: (cost: Cost) => number): number =>
    (calls * part(call) + pages * part(page) + refreshes * part(refresh)) / 1000;
  return {
    requests: calls + pages,
    refreshes,
    app: cores(({ app }) => app),
    platformApi: cores(({ platformApi }) => platformApi),
    redis: cores(({ redis }) => redis),
  };
}

const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
const cost = ({ app, platformApi, redis }: Cost): string =>
  `${app.toFixed(1)} / ${platformApi.toFixed(1)} / ${redis.toFixed(2)}`;

/** A column for each number of sessions. */
export function tableOfLoad(points: readonly LoadPoint[], accessTokenSeconds: number): string {
  const heads = points.map(({ sessions }) => `${sessions.toLocaleString('en')} sessions`);
  const table = new Table({ head: ['', ...heads], style: { head: [], border: [] } });
  const row = (what: string, of: (point: LoadPoint) => string) => table.push([what, ...points.map(of)]);
  const need = (of: (needs: ReturnType<typeof needOf>) => number, digits: number) => (point: LoadPoint) =>
    of(needOf(point, accessTokenSeconds)).toFixed(digits);
  row('memory of Redis, MiB', ({ redisBytes }) => mib(redisBytes));
  row('bytes of Redis per session', ({ bytesPerSession }) => bytesPerSession.toFixed(0));
  row("memory of the app's pods, MiB", ({ podBytes }) => mib(podBytes));
  row('CPU ms of app / platform-api / Redis: API call', ({ call }) => cost(call));
  row('… page', ({ page }) => cost(page));
  row('… refresh', ({ refresh }) => cost(refresh));
  row(
    'busiest hour: requests per second',
    need(({ requests }) => requests, 1),
  );
  row(
    '… refreshes per second',
    need(({ refreshes }) => refreshes, 2),
  );
  row(
    '… cores of the app',
    need(({ app }) => app, 2),
  );
  row(
    '… cores of platform-api',
    need(({ platformApi }) => platformApi, 2),
  );
  row(
    '… cores of Redis',
    need(({ redis }) => redis, 3),
  );
  return table.toString();
}
