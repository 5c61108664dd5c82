import { processesWithEnvironment } from '../../../fleet/run/process-identity.ts';
import type { Fleet } from '../../../fleet/engines/shared/engine.ts';
import { HarnessError } from '../../../fleet/errors.ts';
import { cpuMsOfProcess } from '../process-usage.ts';

/** Reads the CPU milliseconds that the pods of a Deployment have used so far. */
export async function podCpu(fleet: Fleet, deployment: string): Promise<() => number> {
  const pods = await fleet.pods(deployment);
  const pids = pods.flatMap(({ name }) => processesWithEnvironment('POD_NAME', name).map(({ pid }) => pid));
  if (pids.length < pods.length) {
    throw new HarnessError(`The processes of ${deployment} are not in /proc. Run this on Linux.`);
  }
  return () => pids.reduce((sum, pid) => sum + cpuMsOfProcess(pid), 0);
}
