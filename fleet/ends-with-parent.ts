// Loaded into a Node program before its own code, by `endingWithParent`: the program ends with the process that started
// it, even when that is killed.
const variable = 'FLEET_CHILD_ENDS_WITH_PARENT';
const what = process.env[variable];

if (what && process.channel) {
  // Threads and children of the program load this file too. They end with its process group, or clean up by themselves.
  delete process.env[variable];
  // The kernel closes the channel when the parent ends for any reason.
  process.once('disconnect', () => process.kill(what === 'group' ? -process.pid : process.pid, 'SIGKILL'));
  process.channel.unref();
}
