import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify, processesIn, signalTree } from './process-identity.ts';

/**
 * A temporary folder of this process, removed with its scope. Folders of the same name that a killed process has left are
 * removed before.
 * @param name of letters and hyphens.
 */
export function temporaryFolder(name: string): Disposable & { path: string } {
  const ofName = new RegExp(`^${name}-(\\d+)-\\w+$`);
  for (const each of readdirSync(tmpdir())) {
    const [, pid] = ofName.exec(each) ?? [];
    if (pid !== undefined && !identify(Number(pid))) remove(join(tmpdir(), each));
  }
  const path = mkdtempSync(join(tmpdir(), `${name}-${process.pid}-`));
  return { path, [Symbol.dispose]: () => remove(path) };
}

/** Removes a folder, and ends what a command that was killed has left running in it. */
function remove(path: string): void {
  for (const left of processesIn(path)) signalTree(left, 'SIGKILL');
  rmSync(path, { recursive: true, force: true, maxRetries: 5 });
}
