import Table from 'cli-table3';

/** CPU milliseconds of an action. */
export type Cost = readonly [app: number, platformApi: number, redis: number];

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

/** The mean of several costs, without a cost that each of them contains. CPU times are noisy, so none is below 0. */
export const without = (costs: readonly Cost[], other: Cost): Cost =>
  eachPart((part) => Math.max(0, costs.reduce((sum, cost) => sum + cost[part], 0) / costs.length - other[part]));

export const eachPart = (of: (part: 0 | 1 | 2) => number): Cost => [of(0), of(1), of(2)];

const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
const cost = ([app, platformApi, redis]: Cost): string =>
  `${app.toFixed(1)} / ${platformApi.toFixed(1)} / ${redis.toFixed(2)}`;

export function tableOfLoad(points: readonly LoadPoint[]): string {
  const heads = points.map(({ sessions }) => `${sessions.toLocaleString('en')} sessions`);
  const table = new Table({ head: ['', ...heads], style: { head: [], border: [] } });
  const row = (what: string, of: (point: LoadPoint) => string) => table.push([what, ...points.map(of)]);
  row('memory of Redis, MiB', ({ redisBytes }) => mib(redisBytes));
  row('bytes of Redis per session', ({ bytesPerSession }) => bytesPerSession.toFixed(0));
  row("memory of the app's pods, MiB", ({ podBytes }) => mib(podBytes));
  row('CPU ms of app / platform-api / Redis: API call', ({ call }) => cost(call));
  row('… page', ({ page }) => cost(page));
  row('… refresh', ({ refresh }) => cost(refresh));
  return table.toString();
}
