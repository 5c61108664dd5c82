import { environmentFaults } from '../settings/environment.ts';

/** Stops an app with a missing, weak or malformed setting, or without its port, before it serves requests. */
export default defineNitroPlugin(() => {
  // Nitro logs uncaught exceptions and continues. A listener for uncaughtException itself would swallow errors at startup.
  process.on('uncaughtExceptionMonitor', (error: NodeJS.ErrnoException) => {
    if (error.syscall !== 'listen') return;
    console.error(error.message);
    process.exit(1);
  });
  const faults = environmentFaults(process.env);
  if (faults.length === 0) return;
  for (const fault of faults) console.error(fault);
  process.exit(1);
});
