import type { CoreV1ApiReadNamespacedPodLogRequest } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { linesOf } from './pod-log.ts';

/** A pod with this kubelet output; without `previous`, its container was never restarted. */
function podWith({ previous, present }: { previous?: string; present: string }) {
  const asked: CoreV1ApiReadNamespacedPodLogRequest[] = [];
  const core = {
    readNamespacedPodLog: async (request: CoreV1ApiReadNamespacedPodLogRequest): Promise<string> => {
      asked.push(request);
      if (!request.previous) return present;
      if (previous === undefined) throw new Error('previous terminated container "web" in pod "web-1" not found');
      return previous;
    },
  };
  return { api: { core } as unknown as Parameters<typeof linesOf>[0], asked };
}

describe('the output of a container', () => {
  test('is that of the one before as well, when the present one has just been started', async () => {
    const { api } = podWith({ previous: 'NUXT_PUBLIC_AUTH_URL has a path\n', present: '' });
    expect(await linesOf(api, 'run', 'web-1')).toEqual(['NUXT_PUBLIC_AUTH_URL has a path']);
  });

  test('is cut to the last lines of both', async () => {
    const { api, asked } = podWith({ previous: 'a\nb\n', present: 'c\n' });
    expect(await linesOf(api, 'run', 'web-1', 2)).toEqual(['b', 'c']);
    expect(asked.map(({ tailLines }) => tailLines)).toEqual([2, 2]);
  });
});
