import { SessionStore } from '../../e2e/fixtures/session-store.ts';
import { localEngine } from '../../fleet/engines/local/engine.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { interruption } from '../command/interruption.ts';
import { progress } from '../command/run-command.ts';

/** A local fleet to measure. It ends with the block that holds it by `await using`. */
export function benchFleet(): Promise<Fleet> {
  progress('A local fleet starts …');
  return localEngine.up({ onProgress: (line) => progress(`  ${line}`), signal: interruption });
}

/** The sessions of a fleet, until the end of the block that holds it by `using`. */
export async function storeOf(fleet: Fleet): Promise<{ store: SessionStore } & Disposable> {
  const store = new SessionStore(await fleet.reach('dezky-data', 6379));
  return { store, [Symbol.dispose]: () => store.close() };
}
