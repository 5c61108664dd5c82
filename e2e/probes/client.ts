import { firstApp, sessionApps } from '../../apps/environment/apps.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { Live, type LiveResponse, type GetOptions } from '../../fleet/engines/live/live.ts';
import { isPlanned } from './requests.ts';
import { PodMarks } from './rules/in-front.ts';
import { discoveryPath } from './rules/discovery.ts';
import { userAgent, type HostRole, type SmokeTarget } from './target.ts';

/** A page of each host, used to see its certificate. */
export const everyHost: ReadonlyArray<readonly [role: HostRole, path: string]> = [
  ...sessionApps.map(({ name, health }) => [name, health.ready] as const),
  ['auth', discoveryPath(firstApp)],
];

/** What Authentik itself may answer; its pods have no names. */
const isOfAuthentik = (status: number): boolean => [400, 403, 404].includes(status) || status >= 500;

interface SmokeGetOptions extends GetOptions {
  scheme?: 'http';
}

/** A read-only client of the target: it sends only the GET requests that `requests.ts` lists. */
export class SmokeClient {
  readonly target: SmokeTarget;
  readonly #live: Live;
  readonly #marks = new PodMarks();

  constructor(target: SmokeTarget) {
    this.target = target;
    this.#live = new Live({ ...target, headers: { 'user-agent': userAgent, ...target.headers } });
  }

  /**
   * @throws HarnessError for a request that is not in the list; Unreachable without a response; AnsweredInFront when an app
   * is asked and no pod of it answers.
   */
  async get(role: HostRole, path: string, { scheme, ...options }: SmokeGetOptions = {}): Promise<LiveResponse> {
    const url = new URL(path, this.target.urls[role]);
    const isInside = url.origin === this.target.urls[role];
    if (scheme) {
      url.protocol = scheme;
      url.port = '';
    }
    if (!isInside || !isPlanned(role, path, scheme)) {
      throw new HarnessError(`A smoke test does not send GET ${url.href}. Add it to e2e/probes/requests.ts first.`);
    }
    const answer = await this.#live.get(url.href, options);
    // What is before the pods redirects plain http.
    if (scheme) return answer;
    return this.#marks.demand(
      answer,
      (status) => role === 'auth' && isOfAuthentik(status),
      url.pathname.startsWith('/api/'),
    );
  }
}
