import { expect, test } from 'vitest';
import { productionHosts } from '../../hosts.ts';
import { identify } from '../../run/process-identity.ts';
import type { ProcessIdentity } from '../../run/process-identity.ts';
import { isRunAlive } from './reap.ts';

const living = identify(process.pid);
const dead: ProcessIdentity = { pid: process.pid, startTime: 'another' };

test.each<
  [
    string,
    boolean,
    { owner?: ProcessIdentity | undefined; supervisor?: ProcessIdentity | undefined; detached: boolean },
  ]
>([
  ['an owner that still starts it', true, { owner: living, detached: false }],
  ['owner and supervisor', true, { owner: living, supervisor: living, detached: false }],
  ['a supervisor that should have ended with its owner', false, { owner: dead, supervisor: living, detached: false }],
  ['a supervisor that was to outlive its owner', true, { owner: dead, supervisor: living, detached: true }],
  ['an owner that has lost its supervisor', false, { owner: living, supervisor: dead, detached: false }],
  ['nobody', false, { owner: dead, detached: true }],
])('a run with %s: alive is %s', (_, alive, { owner = dead, supervisor, detached }) => {
  const state = {
    runId: 'run',
    engine: 'local' as const,
    startedAt: '',
    hosts: productionHosts,
    owner,
    detached,
    processes: [],
  };
  expect(isRunAlive({ ...state, ...(supervisor ? { supervisor } : {}) })).toBe(alive);
});
