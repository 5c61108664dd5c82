/**
 * Ends a process that cannot listen, with one sentence. Nitro logs uncaught exceptions and continues. A listener for
 * uncaughtException itself would swallow errors at startup.
 */
export const exitWithoutPort = (): void => {
  process.on('uncaughtExceptionMonitor', (error: NodeJS.ErrnoException) => {
    if (error.syscall !== 'listen') return;
    console.error(error.message);
    process.exit(1);
  });
};
