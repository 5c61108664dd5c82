import { afterEach, expect, test, vi } from 'vitest';
import { CannotRunHere } from '../../errors.ts';
import { Docker } from './docker.ts';

afterEach(() => vi.unstubAllEnvs());

test.each(['unix:///nowhere/docker.sock', 'tcp://127.0.0.1:1'])(
  'the Docker that DOCKER_HOST names is used, and no other: %s',
  async (address) => {
    vi.stubEnv('DOCKER_HOST', address);
    await expect(Docker.connect()).rejects.toThrow(CannotRunHere);
  },
);
