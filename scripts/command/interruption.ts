const controller = new AbortController();

/** Aborts at the first Ctrl-C or SIGTERM, and when the parent has died. Work then stops, and the fleet goes down. */
export const interruption: AbortSignal = controller.signal;

/** Set by a parent that starts a command with a channel and wants the command to end with it. */
const endsWithParent = 'FLEET_ENDS_WITH_PARENT';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt(`${signal} came.`));

if (process.env[endsWithParent] && process.channel) {
  // Must not be passed on to child processes.
  delete process.env[endsWithParent];
  process.once('disconnect', () => {
    // The reader of the output may have died with the parent. A failed write must not stop the clean-up.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
    interrupt('Its parent has ended.');
  });
  // The kernel closes the channel when the parent ends for any reason. The channel alone does not keep the process
  // running.
  process.channel.unref();
}

function interrupt(why: string): void {
  if (controller.signal.aborted) return;
  process.stderr.write('\nStopping and cleaning up …\n');
  controller.abort(new DOMException(why, 'AbortError'));
}
