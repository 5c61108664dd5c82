import { otherLanes, type Band, type Mark, type Timeline } from './timeline.ts';
import { packed, type Scale } from './scale.ts';

const redis = 'Redis';
const authentik = 'Authentik';
/** Height of a row of marks, in pixels. */
export const rowHeight = 11;
/** Maximum number of rows for concurrent requests. */
const maxRows = 4;

/** The outcome of a request, as the class of its mark. */
export function classOf({ status, lane }: Mark): 'ok' | 'moved' | 'refused' | 'broken' {
  if (status === 0 || status >= 500 || lane === otherLanes.outside) return 'broken';
  if (status >= 400) return 'refused';
  return status >= 300 ? 'moved' : 'ok';
}

/** The lane of a pod, or of a Deployment. */
function laneFor(on: string): string {
  if (on.startsWith('dezky-data')) return redis;
  return on.startsWith('authentik') ? authentik : on;
}

export type PlacedMark = Mark & { row: number };

export interface Lane {
  name: string;
  y: number;
  height: number;
  marks: readonly PlacedMark[];
}

/** Whether a change to a pod, a Deployment or Authentik affects a lane. */
export const touches = ({ on }: Band, { name }: Lane): boolean => name === laneFor(on) || name.startsWith(`${on}-`);

export const isRedis = ({ name }: Lane): boolean => name === redis;

/** The lanes of a test from top to bottom: pods, Redis, Authentik, and requests without a response of a pod. */
export function lanesOf({ marks, keys }: Timeline, bands: readonly Band[], scale: Scale, top: number): Lane[] {
  const own = new Set(marks.map(({ lane }) => laneFor(lane)));
  const onRedis = keys !== undefined || bands.some(({ on }) => laneFor(on) === redis);
  const last = [authentik, otherLanes.edge, otherLanes.outside].filter((lane) => own.has(lane));
  const names = [...[...own].filter((lane) => !last.includes(lane)).toSorted(), ...(onRedis ? [redis] : []), ...last];
  let y = top;
  return names.map((name) => {
    const its = marks.filter(({ lane }) => laneFor(lane) === name);
    const rows = packed(
      its.map(({ at, ms }) => ({ from: scale.x(at), to: scale.x(at + ms) + 1 })),
      maxRows,
    );
    const height = 12 + (Math.max(0, ...rows) + 1) * rowHeight;
    const lane = { name, y, height, marks: its.map((mark, index) => ({ ...mark, row: rows[index] ?? 0 })) };
    y += height + 3;
    return lane;
  });
}
