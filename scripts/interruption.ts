const controller = new AbortController();

/**
 * Aborts at the first Ctrl-C or SIGTERM, and when whoever started this process to end with it has died: whoever works
 * then stops, and the fleet is torn down on the way out.
 */
export const interruption: AbortSignal = controller.signal;

/** Set by who starts a command with a channel to it and wants it to end with them. */
const endsWithParent = 'DEZKY_ENDS_WITH_PARENT';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt(`${signal} came.`));

if (process.env[endsWithParent] && process.channel) {
  // Not for what this process starts itself.
  delete process.env[endsWithParent];
  process.once('disconnect', () => {
    // Who read the output may have died with the parent, and what cannot be told must not stop the clean-up.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
    interrupt('Its parent has ended.');
  });
  // The kernel closes the channel however the parent ends; it alone keeps no process running.
  process.channel.unref();
}

function interrupt(why: string): void {
  if (controller.signal.aborted) return;
  process.stderr.write('\nStopping and cleaning up …\n');
  controller.abort(new DOMException(why, 'AbortError'));
}
