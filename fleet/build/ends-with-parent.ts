// Loaded into a build before its program: the build ends with the process that started it, even when that is killed.
const variable = 'DEZKY_BUILD_ENDS_WITH_PARENT';

if (process.env[variable] && process.channel) {
  // Threads and children of the build load this file too, and end with its process group.
  delete process.env[variable];
  // The kernel closes the channel when the parent ends for any reason.
  process.once('disconnect', () => process.kill(-process.pid, 'SIGKILL'));
  process.channel.unref();
}
