/** What of a fleet a request may need. */
type Part = 'store reads' | 'store writes' | 'token endpoint' | 'key set' | 'platform-api';

const errorsOfIngress = [404, 502, 503, 504] as const;

/** An outcome for a user, or for Authentik. */
export type Seen =
  | 'nothing'
  | 'no response'
  | `${(typeof errorsOfIngress)[number]} of the ingress`
  | 'served'
  | 'redirected to Authentik'
  | 'signed in'
  | 'sign-in page: unavailable'
  | 'sign-in page: ended'
  | '401 missing'
  | 'signed out'
  | 'signed out in this browser only'
  | 'accepted'
  | 'temporarily unavailable'
  | '502'
  | '503 store-unavailable'
  | '503 not-renewed';

/** Responses of the ingress in place of an app's: Traefik answers 504 or 404 where the edge answers 502 or 503. */
export const withoutPod: readonly Seen[] = [
  ...errorsOfIngress.map((status) => `${status} of the ingress` as const),
  'no response',
];

/** What a fault does to the fleet, in data. */
export interface Effects {
  /** Parts that do not work while it lasts. */
  breaks?: readonly Part[];
  /** Parts that fail until the apps or Kubernetes have recovered, which they must while the fault lasts. */
  degrades?: readonly Part[];
  /** Parts that respond slowly but correctly. */
  slows?: readonly Part[];
  /** Redis has lost its sessions. */
  losesSessions?: true;
  /** Requests may meet a pod that has ended or hangs, which no app can prevent. */
  withoutPod?: true;
  /** Seconds after its end in which sessions work again. Default: {@link usual}. */
  recoversIn?: number;
}

/** What a moment needs, in data. */
export interface Needs {
  /** What the user sees when all parts work. */
  sees: Seen;
  /** What the user sees when a part does not. The first broken part of this list decides. */
  without: Partial<Record<Part, Seen>>;
  /** Whether it has a session from its start, which then `lives` or has `ended`. Default: a sign-in works afterwards. */
  session?: 'lives' | 'ended';
  /**
   * The request has read its session before the fault, and waits for new tokens. A pod that ends now takes the only ones
   * with it (docs/decisions/0012).
   */
  underWay?: true;
}

/** What must be true of a cell. */
export interface Expectation {
  /** What the user may see: one of these. */
  sees: readonly Seen[];
  /** Seconds within which the user sees it. */
  within: number;
  /** What is true of the session when the fault is over; `either`: nobody can prevent that it is lost. */
  session: 'lives' | 'ended' | 'either' | 'none';
  /** Seconds after the fault in which this is so. */
  recoversIn: number;
}

/** Seconds within which an app responds without a part: the timeouts of docs/sessions.md with a second of its own. */
const within: Readonly<Record<Part, number>> = {
  'store reads': 3,
  'store writes': 3,
  'token endpoint': 5.5,
  'key set': 5.5,
  'platform-api': 8.5,
};

/** The user is signed out in this browser, and reads that the session itself may go on. */
export const signedOutHere: Seen = 'signed out in this browser only';

/** Seconds in which users see the outcome, and in which all works after the fault, where nothing else is said. */
export const usual = { within: 3, recoversIn: 5 };

/** Seconds for every response, however broken the fleet is. A slower one is a hang. */
const atMost = 10;

/** What a user sees of a fault at a moment, and what becomes of the session. */
export function expectationOf(fault: Effects, { sees, without, session, underWay }: Needs): Expectation {
  const parts = Object.entries(without) as Array<[Part, Seen]>;
  const broken = parts.find(([part]) => fault.breaks?.includes(part));
  const degraded = parts.filter(([part]) => fault.degrades?.includes(part));
  const affected = [...(broken ? [broken] : []), ...degraded];
  const slow = parts.filter(([part]) => fault.slows?.includes(part));
  // Without a response the user does not know whether it ended, and does it again; without the store the app says so.
  const mayGoOn = session === 'ended' && (fault.withoutPod || affected.some(([, seen]) => seen === signedOutHere));
  const lost = fault.losesSessions && session !== undefined;
  const isSeen = sees !== 'nothing';
  return {
    sees: [
      ...(broken ? [broken[1]] : []),
      // What is under way may be over before a slow fault has begun.
      ...((!broken || underWay) && !(lost && sees === 'served' && !underWay) ? [sees] : []),
      ...degraded.map(([, seen]) => seen),
      ...(lost && isSeen ? (['401 missing', 'sign-in page: ended'] as const) : []),
      ...(fault.withoutPod && isSeen ? withoutPod : []),
    ],
    within: fault.withoutPod ? atMost : Math.max(usual.within, ...[...affected, ...slow].map(([part]) => within[part])),
    session: lost ? 'ended' : mayGoOn || (underWay && fault.withoutPod) ? 'either' : (session ?? 'none'),
    recoversIn: fault.recoversIn ?? usual.recoversIn,
  };
}
