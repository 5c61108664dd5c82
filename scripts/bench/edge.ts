import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { repositoryRoot } from '../../fleet/root.ts';
import { progress } from '../command/run-command.ts';

/** The edge against a direct call. */
export async function edge(): Promise<void> {
  progress('The edge against a direct call, taken in turns …');
  await once(spawn(process.execPath, [join(repositoryRoot, 'fleet/edge/edge.bench.ts')], { stdio: 'inherit' }), 'exit');
}
