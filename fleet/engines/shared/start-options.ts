import { productionHosts } from '../../hosts.ts';
import { newRunId } from '../../run/state.ts';
import type { FleetOptions } from './engine.ts';

/** The options of a start, with the defaults that all engines have. */
export const startOptions = ({
  runId = newRunId(),
  hosts = productionHosts,
  authentik,
  changes = [],
  detached = false,
  onProgress = () => {},
  ...others
}: FleetOptions) => ({ runId, hosts, authentik, changes, detached, onProgress, ...others });
