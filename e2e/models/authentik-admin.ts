import type { APIRequestContext, APIResponse } from '@playwright/test';
import { HarnessError } from '../../fleet/errors.ts';
import type { Person } from '../../fixtures/people.ts';

type Rows = { results: Array<{ pk: number; uuid: string }> };

/**
 * Authentik's own admin API (`/api/v3`, schema 2026.8.3), as an administrator uses it. Throws a HarnessError when it
 * refuses.
 */
export class AuthentikAdmin {
  readonly #request: APIRequestContext;
  readonly #base: string;
  readonly #headers: Record<string, string>;

  /**
   * @param origin of Authentik.
   * @param token of an administrator.
   */
  constructor(request: APIRequestContext, origin: string, token: string) {
    this.#request = request;
    this.#base = `${origin}/api/v3`;
    this.#headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  }

  async deactivate({ username }: Person): Promise<void> {
    await this.#call('patch', `/core/users/${await this.#userPk(username)}/`, { is_active: false });
  }

  /** Deletes all sessions of the user at Authentik. */
  async deleteSessions({ username }: Person): Promise<void> {
    const { results } = await this.#list(`/core/authenticated_sessions/?user__username=${username}`);
    await this.#deleteAll(results.map(({ uuid }) => `/core/authenticated_sessions/${uuid}/`));
  }

  async deleteRefreshTokens({ username }: Person): Promise<void> {
    const listed = async () =>
      (await this.#list(`/oauth2/refresh_tokens/?user=${await this.#userPk(username)}`)).results;
    // A response contains one page of them.
    let page = await listed();
    do {
      await this.#deleteAll(page.map(({ pk }) => `/oauth2/refresh_tokens/${pk}/`));
      page = await listed();
    } while (page.length > 0);
  }

  async #userPk(username: string): Promise<number> {
    const [user] = (await this.#list(`/core/users/?username=${username}`)).results;
    if (!user) throw new HarnessError(`Authentik has no user "${username}".`);
    return user.pk;
  }

  async #list(path: string): Promise<Rows> {
    return (await (await this.#call('get', path)).json()) as Rows;
  }

  async #deleteAll(paths: readonly string[]): Promise<void> {
    if (paths.length === 0) throw new HarnessError('Authentik has nothing to delete; the test would prove nothing.');
    for (const path of paths) await this.#call('delete', path);
  }

  async #call(method: 'get' | 'patch' | 'delete', path: string, data?: object): Promise<APIResponse> {
    const response = await this.#request[method](this.#base + path, { headers: this.#headers, ...(data && { data }) });
    if (response.ok()) return response;
    throw new HarnessError(`Authentik's admin API refused ${method} ${path} with ${response.status()}.`);
  }
}
