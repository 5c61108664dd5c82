import { identity } from '../../settings/identity.ts';

/** The process runs. It checks nothing else, so that an outage of Redis does not restart every pod. */
export default defineEventHandler(() => ({ ok: true, ...identity() }));
