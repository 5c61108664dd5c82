const controller = new AbortController();

/** Aborts at the first Ctrl-C or SIGTERM: whoever works then stops, and the fleet is torn down on the way out. */
export const interruption: AbortSignal = controller.signal;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (!controller.signal.aborted) process.stderr.write('\nStopping and cleaning up …\n');
    controller.abort(signal);
  });
}
