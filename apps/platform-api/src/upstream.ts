import type { z } from 'zod';
import { ApiError } from './api-error.ts';
import type { Config, UpstreamName } from './config.ts';

interface UpstreamAnswer {
  status: number;
  /** Parsed JSON. */
  body: unknown;
}

export interface Upstream {
  readonly name: UpstreamName;
  /** A signal that aborts when the time for one answer of ours is up; share it between the requests it takes. */
  deadline(): AbortSignal;
  /**
   * GETs JSON below the upstream's base URL with this service's own token. Answers with 200 and with each of
   * `acceptStatus`; throws {@link ApiError} for all else: another status (redirects included, which would carry the
   * token elsewhere), no connection, no answer in time, not JSON.
   */
  get(path: string, options: { deadline: AbortSignal; acceptStatus?: readonly number[] }): Promise<UpstreamAnswer>;
  /** The body as the schema has it, or the error `upstream_invalid`. */
  read<T>(schema: z.ZodType<T>, body: unknown): T;
}

/** How a person knows the service. */
const titles: Record<UpstreamName, string> = {
  authentik: 'Authentik',
  stalwart: 'Stalwart',
  ocis: 'OCIS',
  'cold-storage': 'The cold storage',
};

/** Throws `not_configured` (501) when the environment has no access to the upstream. */
export const openUpstream = (name: UpstreamName, config: Config, fetch: typeof globalThis.fetch): Upstream => {
  const access = config.upstreams[name];
  const title = titles[name];
  if (!access) throw new ApiError('not_configured', `${title} is not configured here.`, name);
  const invalid = (what: string) => new ApiError('upstream_invalid', `${title} sent an answer that ${what}.`, name);

  const fetchText = async (path: string, deadline: AbortSignal) => {
    try {
      const response = await fetch(`${access.url}${path}`, {
        headers: { accept: 'application/json', authorization: `Bearer ${access.token}` },
        redirect: 'manual',
        signal: deadline,
      });
      return { status: response.status, text: await response.text() };
    } catch {
      throw deadline.aborted
        ? new ApiError('upstream_timeout', `${title} did not answer within ${config.upstreamTimeoutMs} ms.`, name)
        : new ApiError('upstream_unreachable', `${title} cannot be reached.`, name);
    }
  };

  return {
    name,
    deadline: () => AbortSignal.timeout(config.upstreamTimeoutMs),
    get: async (path, { deadline, acceptStatus = [] }) => {
      const { status, text } = await fetchText(path, deadline);
      if (status !== 200 && !acceptStatus.includes(status))
        throw new ApiError('upstream_failed', `${title} answered with status ${status}.`, name);
      try {
        return { status, body: JSON.parse(text) as unknown };
      } catch {
        throw invalid('is not JSON');
      }
    },
    read: (schema, body) => {
      const read = schema.safeParse(body);
      if (read.success) return read.data;
      const issue = read.error.issues[0];
      throw invalid(`lacks what is needed (at ${issue?.path.join('.') || 'its top'})`);
    },
  };
};
