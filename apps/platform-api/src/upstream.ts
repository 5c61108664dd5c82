import type { z } from 'zod';
import { textOf } from '../../tokens/src/text-of.ts';
import { ApiError } from './api-error.ts';
import type { Config, UpstreamName } from './config.ts';

interface UpstreamAnswer {
  status: number;
  body: unknown;
}

export interface Upstream {
  readonly name: UpstreamName;
  /** A signal that aborts when the time for one response of this API is over. Its requests share the signal. */
  deadline(): AbortSignal;
  /**
   * GETs JSON below the upstream's base URL with this service's own token. Resolves for 200 and for each of
   * `acceptStatus`. Throws {@link ApiError} for everything else: another status (also a redirect, which would send the
   * token elsewhere), no connection, no response in time, a body that is not JSON.
   */
  get(path: string, options: { deadline: AbortSignal; acceptStatus?: readonly number[] }): Promise<UpstreamAnswer>;
  /** Parses the body by the schema; throws `upstream_invalid` when it does not fit. */
  read<T>(schema: z.ZodType<T>, body: unknown): T;
}

/** Bytes. The longest answer is a page of users of Authentik, with some 500 KB. */
const answerBytes = 8_000_000;

const titles: Record<UpstreamName, string> = {
  authentik: 'Authentik',
  stalwart: 'Stalwart',
  ocis: 'OCIS',
  'cold-storage': 'The cold storage',
};

/** Throws `not_configured` (501) when the environment has no URL and token for the upstream. */
export const openUpstream = (name: UpstreamName, config: Config, fetch: typeof globalThis.fetch): Upstream => {
  const access = config.upstreams[name];
  const title = titles[name];
  if (!access) throw new ApiError('not_configured', `${title} is not configured here.`, name);
  const invalid = (what: string) => new ApiError('upstream_invalid', `${title} sent an answer that ${what}.`, name);

  const fetchText = async (path: string, deadline: AbortSignal) => {
    // A user name of dots would be a dot segment (RFC 3986 section 5.2.4).
    if (/\/\.{1,2}(?=[/?]|$)/.test(path)) throw new ApiError('not_found', `${title} knows nobody of this name.`, name);
    try {
      const response = await fetch(`${access.url}${path}`, {
        headers: { accept: 'application/json', authorization: `Bearer ${access.token}` },
        redirect: 'manual',
        signal: deadline,
      });
      return { status: response.status, text: await textOf(response, answerBytes) };
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
      throw invalid(`does not have the expected form (at ${issue?.path.join('.') || 'its top'})`);
    },
  };
};
