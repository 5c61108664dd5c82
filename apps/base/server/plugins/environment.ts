import { exitWithoutPort } from '../../../environment/exit-without-port.ts';
import { environmentFaults } from '../settings/environment.ts';

/** Stops an app with a missing, weak or malformed setting, or without its port, before it serves requests. */
export default defineNitroPlugin(() => {
  exitWithoutPort();
  const faults = environmentFaults(process.env);
  if (faults.length === 0) return;
  for (const fault of faults) console.error(fault);
  process.exit(1);
});
