import { beforeEach, expect, test, vi } from 'vitest';

const exitWithoutPort = vi.fn();
vi.mock('../../environment/exit-without-port.ts', () => ({ exitWithoutPort }));
const faults = vi.fn((): string[] => []);
vi.mock('../server/settings/environment.ts', () => ({ environmentFaults: faults }));
vi.stubGlobal('defineNitroPlugin', (plugin: unknown) => plugin);
const { default: plugin } = (await import('../server/plugins/environment.ts')) as unknown as { default: () => void };

const exit = vi.spyOn(process, 'exit').mockImplementation((() => {}) as never);
const said = vi.spyOn(console, 'error').mockReturnValue();
beforeEach(() => vi.clearAllMocks());

test('an app with a sound environment starts, and exits without its port', () => {
  plugin();
  expect(exitWithoutPort).toHaveBeenCalledOnce();
  expect(exit).not.toHaveBeenCalled();
});

test('an app with a wrong environment says what is wrong and exits with 1', () => {
  faults.mockReturnValue(['A is not set.', 'B is not set.']);
  plugin();
  expect(said.mock.calls).toEqual([['A is not set.'], ['B is not set.']]);
  expect(exit).toHaveBeenCalledExactlyOnceWith(1);
});
