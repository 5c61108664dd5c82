import { expect, test, vi } from 'vitest';
import { logoutCallsDone } from './back-channel.ts';

test('it waits while a call is under way', async () => {
  const pendingLogoutCalls = vi.fn<() => Promise<number>>().mockResolvedValueOnce(2).mockResolvedValueOnce(1);
  pendingLogoutCalls.mockResolvedValue(0);
  await logoutCallsDone({ pendingLogoutCalls });
  expect(pendingLogoutCalls).toHaveBeenCalledTimes(3);
});

test('a call that is never made is a fault of the harness and not of the apps', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    const pendingLogoutCalls = async (): Promise<number> => {
      vi.advanceTimersByTime(100_000);
      return 1;
    };
    await expect(logoutCallsDone({ pendingLogoutCalls })).rejects.toThrow(
      expect.objectContaining({ name: 'HarnessError', message: expect.stringContaining('says nothing') as string }),
    );
  } finally {
    vi.useRealTimers();
  }
});
