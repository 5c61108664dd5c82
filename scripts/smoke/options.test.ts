import { InvalidArgumentError } from 'commander';
import { describe, expect, test } from 'vitest';
import { forEachApp } from '../../apps/environment/apps.ts';
import { accountIn, secretsIn } from '../../e2e/smoke/target.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { parseConnection, parseHeader, parseNumber, parseOrigin, parseProxy, parseSeconds } from './formats.ts';
import { checkReportsFolder, targetFrom } from './options.ts';

describe('an origin', () => {
  test('loses its slash, so that it compares', () => {
    expect(parseOrigin('https://operator.example.com/')).toBe('https://operator.example.com');
  });
  test.each([
    'operator.example.com',
    'http://a.example',
    'https://a.example/path',
    'https://a.example?x=1',
    'https://u@a.example',
  ])('is not %s', (text) => expect(() => parseOrigin(text)).toThrow(InvalidArgumentError));
});

test('connections and headers add up', () => {
  const once = parseConnection('a.example:443:10.0.0.1:8443');
  expect(parseConnection('b.example:443:10.0.0.1:8443', once)).toHaveLength(2);
  expect(once).toEqual([{ host: 'a.example', port: 443, toHost: '10.0.0.1', toPort: 8443 }]);
  expect(parseHeader('X-B: c: d', parseHeader('x-a: b'))).toEqual({ 'x-a': 'b', 'x-b': 'c: d' });
});

test.each([
  ['a connection', () => parseConnection('a.example:443')],
  ['a connection', () => parseConnection('a.example:443:10.0.0.1:99999')],
  ['a header', () => parseHeader('no colon')],
  ['a header', () => parseHeader('x-name: 名')],
  ['a proxy', () => parseProxy('socks5://a:1')],
  ['a number', () => parseNumber(1)('0')],
  ['a number', () => parseNumber(0)('')],
  ['a duration', () => parseSeconds(1)('0')],
  ['a duration', () => parseSeconds(1)('99999999999')],
])('%s that is none is refused', (_what, parse) => {
  expect(parse).toThrow(InvalidArgumentError);
});

test('a proxy and connections of their own do not go together', () => {
  const urls = { ...forEachApp(({ name }) => `https://${name}.example`), auth: 'https://auth.example' };
  const options = { pods: 1, streak: 20, wait: 30, budget: 120, reports: 'x' };
  expect(targetFrom(options, urls)).toMatchObject({ wait: 30_000, budget: 120_000, authorize: false });
  expect(() => targetFrom({ ...options, proxy: 'http://p:1', connectTo: parseConnection('a:1:b:2') }, urls)).toThrow(
    HarnessError,
  );
});

test('reports go into a folder, which need not exist yet', () => {
  expect(() => checkReportsFolder('package.json')).toThrow(/package\.json is no folder\. Give --reports a folder\.$/);
  expect(() => checkReportsFolder('reports/not-yet')).not.toThrow();
  expect(() => checkReportsFolder('scripts')).not.toThrow();
});

test('an account is whole or absent', () => {
  expect(accountIn({})).toBeUndefined();
  expect(accountIn({ SMOKE_USERNAME: 'a', SMOKE_PASSWORD: 'b' })).toEqual({ username: 'a', password: 'b' });
  expect(() => accountIn({ SMOKE_USERNAME: 'a' })).toThrow(/SMOKE_PASSWORD is not set/);
  expect(() => accountIn({ SMOKE_PASSWORD: 's3cret' })).not.toThrow(/s3cret/);
});

test('reports hide the account and long header values', () => {
  const target = JSON.stringify({ headers: { 'x-gate': 'long-enough-to-be-a-key', 'x-lang': 'de' } });
  expect(secretsIn({ SMOKE_USERNAME: 'a', SMOKE_PASSWORD: 'b', SMOKE_TARGET: target })).toEqual([
    'a',
    'b',
    'long-enough-to-be-a-key',
  ]);
  expect(secretsIn({})).toEqual([]);
});
