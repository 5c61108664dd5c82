import { beforeEach, expect, test, vi } from 'vitest';
import { HarnessError } from '../../fleet/errors.ts';

const up = vi.hoisted(() => vi.fn<() => Promise<never>>(() => Promise.reject(new Error('a fleet came up'))));
const engine = vi.hoisted(() => ({ name: 'local', capabilities: new Set(), up, attach: up }));
vi.mock('../command/run-command.ts', () => ({
  runCommand: (command: () => Promise<number>) => command(),
  progress: () => {},
}));
vi.mock('../../fleet/engines/engines.ts', () => ({
  engineNames: ['local'],
  engineOf: () => engine,
  engineOfRun: () => engine,
}));
vi.mock('./reports.ts', () => ({
  checkReports: () => {
    throw new HarnessError('reports is no folder');
  },
}));

beforeEach(() => vi.resetModules());

const commands = { e2e: () => import('../e2e.ts'), prove: () => import('../prove.ts') };
test.each<[keyof typeof commands, string[]]>([
  ['e2e', []],
  ['e2e', ['--keep']],
  ['e2e', ['--run', 'mine']],
  ['prove', []],
])('%s %s: reports that cannot be written are told before a fleet is there for them', async (command, args) => {
  vi.spyOn(process, 'argv', 'get').mockReturnValue(['node', command, ...args]);
  await expect(commands[command]()).rejects.toThrow('reports is no folder');
  expect(up).not.toHaveBeenCalled();
});
