import type { Dispatcher } from 'undici';
import { AuthentikApi } from '../../fixtures/authentik-api/client.ts';
import type { Person } from '../../fixtures/person.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import { named } from '../../fleet/manifests/objects.ts';
import { manifestsOfRun } from '../../fleet/run/records.ts';

const tokenVariable = 'AUTHENTIK_API_TOKEN';

/** What an administrator does by the admin API of a fleet's Authentik (schema 2026.8.3). */
export class AuthentikAdmin {
  readonly #api: AuthentikApi;

  /** @param dispatcher reaches the hosts of the fleet. */
  constructor({ hosts, runId }: Pick<Fleet, 'hosts' | 'runId'>, dispatcher: Dispatcher) {
    const token = named(manifestsOfRun(runId), 'Secret', 'authentik-secrets')?.stringData?.[tokenVariable];
    if (!token) throw new HarnessError(`fleet/e2e/secrets.yaml gives Authentik no ${tokenVariable}.`);
    this.#api = new AuthentikApi({ url: httpsOf(hosts.auth), token, dispatcher });
  }

  async deactivate({ username }: Person): Promise<void> {
    await this.#api.change(`/core/users/${await this.#userPk(username)}/`, { is_active: false });
  }

  /** @param names of groups that exist. */
  async setGroups({ username }: Person, names: readonly string[]): Promise<void> {
    const groups = await Promise.all(
      names.map(async (name) => (await this.#api.list<{ pk: string }>('/core/groups/', { name }))[0]?.pk),
    );
    await this.#api.change(`/core/users/${await this.#userPk(username)}/`, { groups });
  }

  deleteSessions({ username }: Person): Promise<void> {
    return this.#deleteAll('/core/authenticated_sessions/', { user__username: username });
  }

  async deleteRefreshTokens({ username }: Person): Promise<void> {
    return this.#deleteAll('/oauth2/refresh_tokens/', { user: `${await this.#userPk(username)}` });
  }

  /** How many refresh tokens of a user Authentik would still accept. */
  async refreshTokensOf({ username }: Person): Promise<number> {
    const filters = { user: `${await this.#userPk(username)}` };
    const rows = await this.#api.list<{ revoked: boolean; is_expired: boolean }>('/oauth2/refresh_tokens/', filters);
    return rows.filter(({ revoked, is_expired: expired }) => !revoked && !expired).length;
  }

  async #userPk(username: string): Promise<number> {
    const [user] = await this.#api.list<{ pk: number }>('/core/users/', { username });
    if (!user) throw new HarnessError(`Authentik has no user "${username}".`);
    return user.pk;
  }

  async #deleteAll(path: string, filters: Readonly<Record<string, string>>): Promise<void> {
    const rows = await this.#api.list<{ pk: number; uuid?: string }>(path, filters);
    if (rows.length === 0) throw new HarnessError('Authentik has nothing to delete; the test would prove nothing.');
    for (const { pk, uuid = pk } of rows) await this.#api.remove(`${path}${uuid}/`);
  }
}
