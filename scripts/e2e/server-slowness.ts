import type { AuthentikApi } from '../../fixtures/authentik-api/client.ts';
import { factorOf } from '../runner/slowness.ts';

/** Milliseconds of an answer of Authentik on a quiet machine. */
const quietMs = 50;
const rounds = 5;

/** How much slower this Authentik answers than one on a quiet machine, at least 1: by the median of a few answers. */
export async function measureServerSlowness(api: Pick<AuthentikApi, 'version'>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const begin = performance.now();
    await api.version();
    times.push(performance.now() - begin);
  }
  const [median = 0] = times.toSorted((a, b) => a - b).slice(Math.floor(rounds / 2));
  return factorOf(median / quietMs);
}
