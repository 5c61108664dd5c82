import { environmentFaults } from '../settings/environment.ts';

/** Stops an app with a missing, weak or malformed setting, or without its port, before it serves requests. */
export default defineNitroPlugin(() => {
  // Nitro logs errors that nobody catches, and goes on. A listener for the event itself would hide those of the start.
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
