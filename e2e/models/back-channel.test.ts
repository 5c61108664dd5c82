import { expect, test, vi } from 'vitest';
import { logoutCallsDone } from './back-channel.ts';

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
