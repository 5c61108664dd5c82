import { expect, test, vi } from 'vitest';
import { HarnessError } from '../../errors.ts';
import { imagesIn } from './node.ts';

const noSocket = new HarnessError('dial unix /run/k3s/containerd/containerd.sock: no such file or directory');
const { signal } = new AbortController();

test('containerd is asked until it answers, and what it has is named', async () => {
  const exec = vi.fn(() => Promise.resolve('docker.io/library/redis:7\nsha256:12\n'));
  exec.mockRejectedValueOnce(noSocket).mockRejectedValueOnce(noSocket);
  const images = imagesIn({ exec }, 'node', { signal });
  expect(await images).toContain('docker.io/library/redis:7');
  expect(exec).toHaveBeenCalledTimes(3);
});

test('a containerd that never answers is told with its last words and the next command', async () => {
  const images = imagesIn({ exec: () => Promise.reject(noSocket) }, 'node', { signal, timeoutMs: 0 });
  await expect(images).rejects.toThrow(/containerd does not answer.*no such file[^]*docker logs node$/);
});
