import { sessionReasons, type SessionReason } from '../../apps/environment/session-reasons.ts';
import type { Seen } from './oracle.ts';

/** How operators can observe a response. */
interface Signals {
  /** The response header `x-session-reason`. */
  reason?: SessionReason;
  /** Lines in the log of a pod. */
  lines?: readonly RegExp[];
  /** Series of counters that increase. */
  counts?: readonly RegExp[];
  /** The alert that fires when it lasts (fleet/monitoring/rules.yaml), and the selector of what it counts. */
  alert?: { name: string; on: string };
}

/** Whether a selector of PromQL with `=~` and `!=` alone selects a series, such as `sign_ins_total{outcome="a"}`. */
export function isSelected(selector: string, series: string): boolean {
  const labelsOf = (text: string) => [...text.matchAll(/(\w+)(=~|!=|=)"([^"]*)"/g)];
  const values = new Map(labelsOf(series).map(([, name, , value]) => [name, value]));
  return (
    selector.split('{')[0] === series.split('{')[0] &&
    labelsOf(selector).every(([, name, operator, wanted = '']) => {
      const value = values.get(name) ?? '';
      return operator === '!=' ? value !== wanted : new RegExp(`^(?:${wanted})$`).test(value);
    })
  );
}

const responses = (route: string, status: number | string): RegExp =>
  new RegExp(`^dezky_http_requests_total\\{route="(?:${route})",status="(?:${status})"\\}`);

/** Signals of a request that is refused for this reason. */
const refusal = (reason: 'missing' | 'store-unavailable' | 'not-renewed', on: string) => ({
  reason,
  lines: [new RegExp(`"event":"no-session","reason":"${reason}"`)],
  counts: [new RegExp(`^dezky_requests_without_session_total\\{reason="${reason}"\\}`)],
  alert: { name: sessionReasons[reason].alert, on },
});

const lost = refusal('missing', 'dezky_requests_without_session_total{reason=~"unreadable|missing"}');
const withoutStore = refusal('store-unavailable', 'dezky_session_store_errors_total');
const notRenewed = refusal('not-renewed', 'dezky_requests_without_session_total{reason=~"not-renewed|refused"}');

const signIn = (outcome: string) => ({
  lines: [new RegExp(`"event":"sign-in","outcome":"${outcome}"`)],
  counts: [new RegExp(`^dezky_sign_ins_total\\{outcome="${outcome}"\\}`)],
});

/** The request did not reach an app. */
const none = {};

/** The signals of each outcome. The product does not emit those that are missing. */
export const signals = {
  nothing: none,
  'no response': none,
  '404 of the ingress': none,
  '502 of the ingress': none,
  '503 of the ingress': none,
  '504 of the ingress': none,
  served: { counts: [responses('api|page|session', 200)] },
  'redirected to Authentik': { counts: [responses('sign-in', '200|302')] },
  'signed in': signIn('signed-in'),
  'sign-in page: unavailable': {
    ...signIn('unavailable'),
    alert: { name: 'DezkySignInsFail', on: 'dezky_sign_ins_total{outcome=~"unavailable|misconfigured"}' },
  },
  'sign-in page: ended': lost,
  '401 missing': lost,
  'signed out': { counts: [responses('sign-out', 303)] },
  'signed out in this browser only': withoutStore,
  accepted: { counts: [responses('back-channel sign-out', 200)] },
  'temporarily unavailable': {
    lines: [/^A back-channel logout failed: /],
    counts: [responses('back-channel sign-out', 400)],
  },
  '502': {
    lines: [
      /^GET \S+ \(request \S+\): (?:no usable|unexpected) response |^GET \S+ \(request \S+\): platform-api answered /,
    ],
    counts: [responses('api', 502)],
    alert: { name: 'DezkyServerErrors', on: 'dezky_http_requests_total{status=~"5..",status!="501"}' },
  },
  '503 store-unavailable': withoutStore,
  '503 not-renewed': { ...notRenewed, lines: [...notRenewed.lines, /^Tokens could not be renewed/] },
} as const satisfies Readonly<Record<Seen, Signals>>;

/** The signals of an outcome; none for one that is not in the table, which no cell allows. */
export const signalsOf = (what: string): Signals =>
  Object.hasOwn(signals, what) ? signals[what as keyof typeof signals] : none;
