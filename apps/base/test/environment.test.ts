import { expect, test, vi } from 'vitest';

const exitWithoutPort = vi.fn();
vi.mock('../../environment/exit-without-port.ts', () => ({ exitWithoutPort }));
vi.mock('../server/settings/environment.ts', () => ({ environmentFaults: () => [] }));

test('an app with a sound environment exits without its port', async () => {
  vi.stubGlobal('defineNitroPlugin', (plugin: unknown) => plugin);
  const { default: plugin } = (await import('../server/plugins/environment.ts')) as unknown as { default: () => void };
  plugin();
  expect(exitWithoutPort).toHaveBeenCalledOnce();
});
