import { identity } from '../../settings/environment.ts';

/** Reports that the process runs. It does not check Redis, because an outage of Redis must not restart every pod. */
export default defineEventHandler(() => ({ ok: true, ...identity() }));
