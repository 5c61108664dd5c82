import type { LedgerRow } from '../../fleet/edge/row.ts';

/**
 * The rows belong to one session and at least `count` pods served them. Fails as *unproven*: a result on one pod proves
 * nothing about two pods (with a sticky cookie, keep-alive on a NodePort or a single replica everything looks green).
 */
export function toSpanPods(rows: ReadonlyArray<Pick<LedgerRow, 'session' | 'servedBy'>>, count: number) {
  const sessions = new Set(rows.map((row) => row.session).filter(Boolean));
  const pods = new Set(rows.map((row) => row.servedBy).filter(Boolean));
  const pass = sessions.size === 1 && pods.size >= count;
  return {
    pass,
    message: () =>
      sessions.size === 1
        ? `unproven: ${pods.size} of the ${count} pods wanted served session ${[...sessions].join()} (${[...pods].join(', ') || 'none'}) in ${rows.length} responses`
        : `unproven: the ${rows.length} responses belong to ${sessions.size} sessions, not to one`,
  };
}
