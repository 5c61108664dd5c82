import { z } from 'zod';
import { ApiError } from './api-error.ts';
import type { Upstream } from './upstream.ts';

export interface Storage {
  usedBytes: number;
  /** Null: no limit. */
  totalBytes: number | null;
  /** Null: unknown to the storage, as with S3 and no quota (owncloud/ocis pull request 10157). */
  remainingBytes: number | null;
  /** `normal`, `nearing`, `critical` or `exceeded`. */
  state: string;
}

const bytes = z.number().int().min(0);

const userWithDrive = z.object({
  // Absent until the user has signed in to OCIS once.
  drive: z
    .object({
      quota: z.object({
        used: bytes.default(0),
        // 0 is no limit (owncloud/ocis pull request 4363).
        total: bytes.default(0),
        remaining: bytes.optional(),
        state: z.string().default('normal'),
      }),
    })
    .optional(),
});

/**
 * The personal space of a user. LibreGraph's `/users/{id}/drive` accepts only OCIS's own id, whereas
 * `/users/{id or name}?$expand=drive` finds the user by name and returns the same quota.
 */
export const readStorage = async (ocis: Upstream, username: string): Promise<Storage> => {
  const path = `/graph/v1.0/users/${encodeURIComponent(username)}?$expand=drive`;
  const { status, body } = await ocis.get(path, { deadline: ocis.deadline(), acceptStatus: [404] });
  const drive = status === 404 ? undefined : ocis.read(userWithDrive, body).drive;
  if (!drive) throw new ApiError('not_found', `${username} has no personal storage.`, 'ocis');
  const { used, total, remaining, state } = drive.quota;
  return { usedBytes: used, totalBytes: total || null, remainingBytes: remaining ?? null, state };
};
