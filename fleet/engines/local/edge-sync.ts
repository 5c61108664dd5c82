import type { EdgeClient } from '../../edge/client.ts';
import type { Routing } from '../../edge/row.ts';
import { oneAtATime } from './one-at-a-time.ts';

/**
 * Keeps the edge's routes and endpoints in sync with the engine. Each start of the edge is sent them.
 * @param incarnation identifies this start of the edge's process; undefined while it is not ready.
 */
export function edgeSync(client: EdgeClient, routing: () => Routing, incarnation: () => string | undefined) {
  let sent: string | undefined;
  const wanted = (): string => JSON.stringify([incarnation(), routing()]);
  return {
    isSynced: (): boolean => incarnation() !== undefined && sent === wanted(),
    sync: oneAtATime(async () => {
      const [before, text] = [incarnation(), wanted()];
      if (before === undefined || sent === text) return;
      try {
        await client.putRouting(routing());
        sent = text;
      } catch (error) {
        // When the edge went away, its next start gets everything. When it is the same start, it refused the request.
        if (incarnation() === before) throw error;
      }
    }),
  };
}
