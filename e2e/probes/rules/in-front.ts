import type { LiveResponse } from '../../../fleet/engines/live/live.ts';
import { podIn } from '../../../fleet/pod-names.ts';
import { CheckFailed } from '../check.ts';
import { jsonObject } from '../json-object.ts';

/** Node itself answers 431, without a header of the app. */
export const tooSmall =
  'a limit of sizes is too small for it: look at the limits of the ingress, and at --max-http-header-size in NODE_OPTIONS of the pods';

/** What something before the pods means by a status, and what to do about it. */
const meanings: ReadonlyArray<readonly [statuses: readonly number[], advice: string]> = [
  [
    [429],
    'a limit of requests was reached: look at the rate limits of the ingress and what is before it, or ask later',
  ],
  [
    [403],
    'a firewall or a list of addresses refuses this client: look at its rules, or give what it wants by --header',
  ],
  [[407, 511], 'a network on the way wants a sign-in: look at the way there'],
  [[413, 414, 431], tooSmall],
  [[451], 'a rule blocks it for its place or content: look at the rules of the firewall or the CDN'],
  [
    [408, 502, 503, 504, 520, 521, 522, 523, 524],
    'look whether a pod is ready, and at what each needs for that, such as Redis',
  ],
];
const wantsPassword = 'a proxy on the way wants a password of its own: give it by --header';
const sendsPages =
  'a page came where data is asked for: look at the error pages of the ingress and of the CDN, which may replace refusals, and at the route of this path';
const others = 'look at the routes and rules of the ingress, and of what is before it';

/** An answer that is not a pod's, where a pod's is needed. */
export class AnsweredInFront extends CheckFailed {
  readonly status: number;
  /** @param isSure whether pods there name themselves otherwise. */
  constructor(answer: LiveResponse, isSure: boolean) {
    const { url, status, headers } = answer;
    const [, known = others] = meanings.find(([statuses]) => statuses.includes(status)) ?? [];
    const advice = asksForPassword(answer) ? wantsPassword : isPage(answer) ? sendsPages : known;
    const who = isSure
      ? 'by what is before its pods, which name themselves in their answers and not in this one'
      : `by a pod, or by what is before its pods${podIn(headers) === undefined ? ': no answer there names one' : ''}`;
    const retry = headers['retry-after'];
    const request = `GET ${url.split('?')[0]}${retry === undefined ? '' : `; Retry-After: ${retry}`}`;
    // In the form of Unreachable, so that many requests with one cause are one finding.
    super(`${new URL(url).host} is answered with ${status} ${who} (${request}): ${advice}.`);
    this.status = status;
  }
}

/** An app that signs in by OIDC has no use for HTTP Basic (RFC 7617). */
const asksForPassword = ({ status, headers }: LiveResponse): boolean =>
  status === 401 && /^basic\b/i.test(headers['www-authenticate'] ?? '');

/** Of answers to requests that ask for something else. */
export const isPage = ({ status, headers }: LiveResponse): boolean =>
  status < 300 && /^text\/html\b/i.test(headers['content-type'] ?? '');

/** Whether the pods of a host name themselves, as learnt from their answers. */
export class PodMarks {
  readonly #marked = new Set<string>();

  /**
   * The answer, if it can be a pod's.
   * @param isExpected of a status that something before the pods may give, too.
   * @param wantsData whether no page is a right answer.
   * @throws AnsweredInFront
   */
  demand(answer: LiveResponse, isExpected: (status: number) => boolean, wantsData: boolean): LiveResponse {
    const { url, status, headers, body } = answer;
    const { host } = new URL(url);
    const isReplaced = wantsData && isPage(answer);
    if (podIn(headers) !== undefined || jsonObject(body)?.['ok'] !== undefined) {
      this.#marked.add(host);
      // What replaces an answer may leave its headers.
      if (isReplaced) throw new AnsweredInFront(answer, false);
      return answer;
    }
    const isSure = this.#marked.has(host);
    const isKnown = meanings.some(([statuses]) => statuses.includes(status));
    // A page or a redirect of the ingress is looked at by the checks; data comes from pods alone.
    const mayBeOfPod = isExpected(status) || (status < 400 ? !(isSure && wantsData) : !(isSure || isKnown));
    if (mayBeOfPod && !isReplaced && !asksForPassword(answer)) return answer;
    throw new AnsweredInFront(answer, isSure);
  }
}
