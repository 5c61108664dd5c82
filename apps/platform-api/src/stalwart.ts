import { z } from 'zod';
import { ApiError } from './api-error.ts';
import type { Upstream } from './upstream.ts';

export interface Mailbox {
  addresses: string[];
  usedBytes: number;
  /** Null: no limit. */
  quotaBytes: number | null;
}

const bytes = z.number().int().min(0);

/**
 * Stalwart's management API (until 0.15) reports its own errors with status 200 and `{ error, … }`
 * (crates/http/src/management/mod.rs, `ManagementApiError`).
 */
const principal = z.union([
  z.object({ error: z.string() }),
  z.object({
    data: z.object({
      // 0 means no limit. A single address is a string, several are a list.
      quota: bytes.default(0),
      usedQuota: bytes,
      emails: z.union([z.string(), z.array(z.string())]).default([]),
    }),
  }),
]);

/** The mailbox of the principal with this login name. */
export const readMailbox = async (stalwart: Upstream, username: string): Promise<Mailbox> => {
  const path = `/api/principal/${encodeURIComponent(username)}`;
  const { body } = await stalwart.get(path, { deadline: stalwart.deadline() });
  const answer = stalwart.read(principal, body);
  if ('error' in answer) {
    if (answer.error === 'notFound') throw new ApiError('not_found', `${username} has no mailbox.`, 'stalwart');
    throw new ApiError('upstream_failed', `Stalwart answered with the error ${answer.error}.`, 'stalwart');
  }
  const { quota, usedQuota, emails } = answer.data;
  return { addresses: [emails].flat(), usedBytes: usedQuota, quotaBytes: quota || null };
};
