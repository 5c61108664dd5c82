import { afterEach, expect, test, vi } from 'vitest';
import { CannotRunHere } from '../../errors.ts';
import { Docker, isDockerHost } from './docker.ts';

afterEach(() => vi.unstubAllEnvs());

test.each(['unix:///nowhere/docker.sock', 'tcp://127.0.0.1:1'])(
  'the Docker that DOCKER_HOST names is used, and no other: %s',
  async (address) => {
    vi.stubEnv('DOCKER_HOST', address);
    await expect(Docker.connect()).rejects.toThrow(CannotRunHere);
  },
);

const socket = { socketPath: '/var/run/docker.sock' };

test.each([
  ['unix:///var/run/docker.sock', socket],
  ['tcp://docker.example:2375', { host: 'docker.example', port: 2375 }],
])('%s is where the client talks to', (named, address) => {
  expect(isDockerHost(named, address)).toBe(true);
});

test.each([
  ['unix:///run/user/1000/docker.sock', socket],
  ['tcp://docker.example:2375', { host: 'docker.example', port: 2376 }],
])('%s is another', (named, address) => {
  expect(isDockerHost(named, address)).toBe(false);
});
