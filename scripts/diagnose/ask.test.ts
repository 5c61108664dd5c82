import { afterEach, expect, test, vi } from 'vitest';
import { ask } from './ask.ts';
import type { Client } from './probe.ts';

afterEach(() => void vi.restoreAllMocks());

const client: Client = { get: (_role, path) => Promise.resolve({ url: path, status: 200, headers: {}, body: '{}' }) };

test('asking ends after the round in which its time is over', async () => {
  let [now, rounds] = [0, 0];
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const onRound = (): void => {
    rounds += 1;
    now += 1_000;
  };
  const samples = await ask(client, {}, { ms: 1_000, signal: new AbortController().signal, onRound });
  expect([rounds, samples.length]).toEqual([1, 7]);
});

test('asking ends at an interruption', async () => {
  const controller = new AbortController();
  const onRound = () => controller.abort(new DOMException('SIGINT came.', 'AbortError'));
  await expect(ask(client, {}, { ms: 60_000, signal: controller.signal, onRound })).rejects.toThrow('SIGINT came.');
});
