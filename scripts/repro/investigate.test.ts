import { expect, test, vi } from 'vitest';
import type { Engine } from '../../fleet/engines/shared/engine.ts';
import { switchesOf } from '../prove/switched.ts';
import { investigate } from './investigate.ts';

vi.mock('../prove/switched.ts', () => ({ switchesOf: vi.fn(() => Promise.reject(new Error('a build'))) }));

test('a fault that the catalogue does not have is refused before anything is built or started', async () => {
  const story = { requests: [], hasRoles: true } as never;
  const unknown = investigate(story, [], { seed: 1, faults: ['no-such-fault'], engine: {} as Engine });
  await expect(unknown).rejects.toThrow('no-such-fault');
  expect(switchesOf).not.toHaveBeenCalled();
});
