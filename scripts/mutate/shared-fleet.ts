import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selectionVariable } from '../../fleet/build/mutants.ts';
import type { Engine, Fleet } from '../../fleet/engines/shared/engine.ts';
import { shippedApps } from '../../fleet/manifests/images.ts';
import { interruption } from '../command/interruption.ts';

/** A fleet for many mutants, one after the other. */
export interface SharedFleet extends AsyncDisposable {
  fleet: Fleet;
  /** From the next request on this mutant is active; undefined: none. */
  select(id: string | undefined): void;
  /** Whether all pods are Ready. */
  isReady(): Promise<boolean>;
}

/** Starts a fleet in which no mutant is active. */
export async function startSharedFleet(engine: Engine): Promise<SharedFleet> {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'mutant-'));
  const file = join(folder.path, 'active');
  const select = (id = '') => writeFileSync(file, id);
  select();
  const env = shippedApps.map(({ app }) => ({ deployment: app, name: selectionVariable, value: file }));
  try {
    const fleet = await engine.up({ changes: [{ mutants: true, env }], signal: interruption });
    return {
      fleet,
      select,
      isReady: async () => (await fleet.pods()).every(({ ready }) => ready),
      async [Symbol.asyncDispose]() {
        await fleet.down();
        folder.remove();
      },
    };
  } catch (error) {
    folder.remove();
    throw error;
  }
}
