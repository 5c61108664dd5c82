import { firstApp, sessionApps } from '../../apps/environment/apps.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { Live, type LiveResponse, type GetOptions } from '../../fleet/engines/live/live.ts';
import { plannedRequests, userAgent, type PlannedRequest } from './requests.ts';
import { discoveryPath } from './rules/discovery.ts';
import type { Role, SmokeTarget } from './target.ts';

/** A page of each host, used to see its certificate. */
export const everyHost: ReadonlyArray<readonly [role: Role, path: string]> = [
  ...sessionApps.map(({ name, health }) => [name, health.ready] as const),
  ['auth', discoveryPath(firstApp)],
];

interface SmokeGetOptions extends GetOptions {
  scheme?: 'http';
}

/**
 * A read-only client of the target: it sends only the GET requests that `requests.ts` lists, at most as often as
 * listed.
 */
export class SmokeClient {
  readonly target: SmokeTarget;
  readonly #live: Live;
  readonly #isCounted: boolean;
  readonly #sent = new Map<string, number>();

  /** @param options `counted: false` for repeated use: `--watch`, or a signed-in user. */
  constructor(target: SmokeTarget, { counted = true }: { counted?: boolean } = {}) {
    this.target = target;
    this.#live = new Live({ ...target, headers: { 'user-agent': userAgent, ...target.headers } });
    this.#isCounted = counted;
  }

  /**
   * @param path with its query.
   * @throws HarnessError for a request that is not in the list, or sent too often; Unreachable without a response.
   */
  async get(role: Role, path: string, { scheme, ...options }: SmokeGetOptions = {}): Promise<LiveResponse> {
    const url = new URL(path, this.target.urls[role]);
    const isInside = url.origin === this.target.urls[role];
    if (scheme) {
      url.protocol = scheme;
      url.port = '';
    }
    const planned = plannedRequests.find(
      (request) => request.to.includes(role) && request.scheme === scheme && request.path.test(path),
    );
    if (!planned || !isInside) {
      throw new HarnessError(`A smoke test does not send GET ${url.href}. Add it to e2e/smoke/requests.ts first.`);
    }
    this.#count(role, planned);
    return this.#live.get(url.href, options);
  }

  #count(role: Role, { shown, most }: PlannedRequest): void {
    const sent = (this.#sent.get(`${role} ${shown}`) ?? 0) + 1;
    this.#sent.set(`${role} ${shown}`, sent);
    if (!this.#isCounted || most === undefined || sent <= most) return;
    throw new HarnessError(
      `A smoke test sends GET ${shown} to ${role} ${most} times at most. Raise it in e2e/smoke/requests.ts if it must.`,
    );
  }
}
