import { execFileSync } from 'node:child_process';

const identity = ['user.name=somebody', 'user.email=somebody@dezky.example', 'commit.gpgsign=false'];

/** Runs git in a checkout of a test, whatever this machine's own settings are. @returns what it prints */
export const gitIn = (checkout: string, ...args: string[]): string =>
  execFileSync('git', [...identity.flatMap((setting) => ['-c', setting]), ...args], {
    cwd: checkout,
    encoding: 'utf8',
  }).trim();
