import { expect, test } from 'vitest';
import { Backends } from './backends.ts';

const endpoint = (pod: string, port = 1) => ({ pod, host: '127.0.0.1', port });
const request = { service: 's', path: '/', client: 'c', requestPin: '' };

function podsOf(backends: Backends, count: number, more: Partial<typeof request> = {}): string[] {
  return Array.from({ length: count }, () => {
    const choice = backends.choose({ ...request, ...more });
    return 'error' in choice ? choice.error : choice.backend.endpoint.pod;
  });
}

test('endpoints take turns', () => {
  const backends = new Backends();
  backends.replace('s', [endpoint('a'), endpoint('b'), endpoint('c')]);
  expect(podsOf(backends, 6)).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
});

test('a service without endpoints, or unknown, has no pod', () => {
  const backends = new Backends();
  expect(podsOf(backends, 1)).toEqual(['NO_ENDPOINTS']);
  backends.replace('s', [endpoint('a')]);
  backends.replace('s', []);
  expect(podsOf(backends, 1)).toEqual(['NO_ENDPOINTS']);
});

test('the first pin that fits decides; a request pin outranks it and takes no turn', () => {
  const backends = new Backends();
  backends.replace('s', [endpoint('a'), endpoint('b'), endpoint('c')]);
  backends.pin('c', [
    { service: 'other', pod: 'x' },
    { service: 's', path: '/auth', pod: 'b' },
    { service: 's', pod: 'c' },
  ]);
  expect(podsOf(backends, 2, { path: '/auth/callback' })).toEqual(['b', 'b']);
  expect(podsOf(backends, 2, { path: '/authors' })).toEqual(['c', 'c']);
  expect(podsOf(backends, 1, { requestPin: 'a' })).toEqual(['a']);
  expect(podsOf(backends, 2, { client: 'someone else' })).toEqual(['a', 'b']);
  backends.pin('c', []);
  expect(podsOf(backends, 1)).toEqual(['c']);
});

test('a pin to a pod that is no endpoint is refused, never balanced instead', () => {
  const backends = new Backends();
  backends.replace('s', [endpoint('a')]);
  backends.pin('c', [{ service: 's', pod: 'gone' }]);
  expect(podsOf(backends, 1)).toEqual(['PIN_NOT_AN_ENDPOINT']);
  expect(podsOf(backends, 1, { client: 'd', requestPin: 'gone' })).toEqual(['PIN_NOT_AN_ENDPOINT']);
});

test('an endpoint that stays keeps its connections; a pod that moved does not', () => {
  const backends = new Backends();
  const agentOf = (pod: string) => {
    const choice = backends.choose({ ...request, requestPin: pod });
    return 'error' in choice ? undefined : choice.backend.agent;
  };
  backends.replace('s', [endpoint('a', 1), endpoint('b', 2)]);
  const [a, b] = [agentOf('a'), agentOf('b')];
  backends.replace('s', [endpoint('b', 3), endpoint('a', 1)]);
  expect(agentOf('a')).toBe(a);
  expect(agentOf('b')).not.toBe(b);
});
