#!/usr/bin/env node
// `node -- scripts/bootstrap.mjs <command> [arguments]`, or `npx dezky <command> [arguments]`: gets what the command needs
// onto this machine, then runs it on Node 24. Without a command it lists them. Plain Node >= 20 without dependencies; on a
// complete machine it takes well under a second.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { listOfCommands, prepare } from './prepare.mjs';
import { node24, root } from './toolchain.mjs';

const [command = '--help', ...args] = process.argv.slice(2);
if (command === '--help' || command === '-h') {
  console.log(listOfCommands());
  process.exit();
}
if (command === 'doctor') {
  // It runs without dependencies and on the host's Node, and exits.
  process.argv.splice(2, 1);
  await import('./doctor.mjs');
}
const env = prepare(command, args);

// The command and the test runner load many modules, and Node compiles only those that are not in its compile cache.
// `--` because Node would otherwise read its own options, such as --env-file, from the script's arguments. The command
// handles signals: this process passes them on and waits for its clean-up. A Ctrl-C in a terminal reaches it twice, which
// is the same as once. When this process is killed, the channel closes, and the command cleans up as well.
const child = spawn(node24, ['--', join(root, 'scripts', `${command}.ts`), ...args], {
  cwd: root,
  // npm says where the caller is; npx does not.
  env: {
    INIT_CWD: process.cwd(),
    ...env,
    NODE_COMPILE_CACHE: join(root, '.cache/compiled'),
    FLEET_ENDS_WITH_PARENT: '1',
  },
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => child.kill(signal));
}
child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
