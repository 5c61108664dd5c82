import type { LedgerRow } from '../../fleet/edge/row.ts';

/** Name and type of the attachment with which a test hands its timeline to the reporter. */
export const timelineAttachment = { name: 'timeline', contentType: 'application/json' } as const;

/** One request of a test. Times are milliseconds; `at` counts from the start of the test. */
export interface Mark {
  at: number;
  ms: number;
  /** The pod that responded, or one of {@link otherLanes}. */
  lane: string;
  /** Who sent it: a browser, an API client, or the name of a pod. */
  from: string;
  method: string;
  host: string;
  path: string;
  /** 0: no response. */
  status: number;
  revision: string;
  /** Label of the session; empty without one. */
  session: string;
  /** Why no pod responded; empty without an error. */
  error: string;
  /** Why the app refused it for its session (docs/sessions.md); empty when it did not. */
  reason: string;
  /** Host and path of a redirect; empty without one. */
  location: string;
}

/** A change that a test made to the fleet, such as a rollout. Milliseconds from the start of the test. */
export interface Band {
  kind: 'rollout' | 'kill' | 'fault';
  label: string;
  at: number;
  ms: number;
}

export interface Timeline {
  /** How long the attempt took, milliseconds. */
  ms: number;
  /** In the order of their arrival. */
  marks: Mark[];
  bands: Band[];
  /** The hosts of the fleet. A redirect to another one leads outside. */
  hosts: readonly string[];
  /** The number of omitted requests: files of pages, and those beyond the limit. */
  leftOut: number;
}

/** Lanes that are not pods. */
export const otherLanes = { edge: 'edge', outside: 'outside the fleet' } as const;

/** More requests than this do not help a reader. */
const maxMarks = 400;

/** Scripts, styles and images of pages. */
const isFile = ({ path, status }: Mark): boolean => /^\/(?:_nuxt|static)\//.test(path) && status < 400;

/**
 * The requests of a test for its timeline.
 * @param rows of the ledger, of the time of the test.
 * @param clientId of the test; requests of pods belong to it too, because a fleet serves one test at a time.
 * @param since start of the test, milliseconds since 1970.
 */
export function marksOf(
  rows: readonly LedgerRow[],
  clientId: string,
  since: number,
): Pick<Timeline, 'marks' | 'leftOut'> {
  const all = rows
    .filter(({ client, kind }) => client === clientId || kind === 'pod')
    .map((row) => markOf(row, since))
    .toSorted((a, b) => a.at - b.at);
  const marks = thinned(all.filter((mark) => !isFile(mark)));
  return { marks, leftOut: all.length - marks.length };
}

/** Every n-th request of each URL. Failed ones are counted separately, so that rare ones are kept. */
function thinned(marks: readonly Mark[]): Mark[] {
  const step = Math.ceil(marks.length / maxMarks);
  const seen = new Map<string, number>();
  return marks.filter((mark) => {
    const kind = `${mark.host}${mark.path} ${isFailed(mark)}`;
    const count = seen.get(kind) ?? 0;
    seen.set(kind, count + 1);
    return count % step === 0;
  });
}

function markOf(row: LedgerRow, since: number): Mark {
  const url = URL.parse(row.url);
  return {
    at: Math.max(0, row.at - since),
    ms: Math.round(row.ms),
    lane: laneOf(row),
    from: row.kind === 'pod' ? row.client : row.kind,
    method: row.method,
    host: url?.host ?? '',
    path: url?.pathname ?? row.url,
    status: row.status,
    revision: row.revision,
    session: row.session,
    error: row.error,
    reason: row.reason,
    location: hostAndPath(row.location, row.url),
  };
}

/** `auth.example/flows/-/cancel/`: the part of a redirect that is no secret and says where it leads. */
function hostAndPath(location: string, base: string): string {
  const url = location === '' ? undefined : URL.parse(location, base);
  return url ? `${url.host}${url.pathname}` : '';
}

function laneOf({ servedBy, pod, outcome }: LedgerRow): string {
  return servedBy || pod || (outcome === 'egress' ? otherLanes.outside : otherLanes.edge);
}

/** The outcome of a request, as the class of its mark. */
export function classOf({ status, lane }: Mark): 'ok' | 'moved' | 'refused' | 'broken' {
  if (status === 0 || status >= 500 || lane === otherLanes.outside) return 'broken';
  if (status >= 400) return 'refused';
  return status >= 300 ? 'moved' : 'ok';
}

/** Whether a request had no answer, an error of a server, or left the fleet. */
export const isBroken = (mark: Mark): boolean => classOf(mark) === 'broken';

/** Whether a request failed. Regressions cause 401 and 421. */
export const isFailed = ({ status }: Pick<Mark, 'status'>): boolean => status === 0 || status >= 400;

/** `GET shop.example/api/me was answered 401 by shop-b (1.0.0)`. */
export function describeMark({ method, host, path, status, lane, revision, error, reason, location }: Mark): string {
  const request = `${method} ${host}${path}`;
  if (lane === otherLanes.outside) return `${request} is outside the fleet, so that the edge refused it with ${status}`;
  const by = revision ? `${lane} (${revision})` : lane;
  const told = [location && `to ${location}`, reason && `session ${reason}`, error].filter(Boolean).join(', ');
  return `${request} was answered ${status || 'not at all'} by ${by}${told ? `: ${told}` : ''}`;
}

/** `   1.20 s  GET shop.example/api/me was answered …, from browser, session 48e9a6`. */
export const markLine = (mark: Mark): string =>
  `${(mark.at / 1_000).toFixed(2).padStart(7)} s  ${describeMark(mark)}, from ${mark.from}` +
  (mark.session ? `, session ${mark.session.slice(0, 6)}` : '');
