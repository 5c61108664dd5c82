import { Command, InvalidArgumentError } from 'commander';
import { describe, expect, test } from 'vitest';
import { HarnessError } from '../../fleet/errors.ts';
import { originsOf, productionHosts } from '../../fleet/product/hosts.ts';
import { accessBy, parseConnection, parseHeader, parseProxy } from './connection-options.ts';
import { parseOrigin } from './live-options.ts';
import { ofRepository } from './repository-fleet.ts';
import { positiveNumber, wholeNumber } from '../command/command-line.ts';

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
  ['a number', () => positiveNumber('0')],
  ['a number', () => wholeNumber('')],
  ['a duration', () => positiveNumber('99999999999')],
])('%s that is none is refused', (_what, parse) => {
  expect(parse).toThrow(InvalidArgumentError);
});

test('a proxy and connections of their own do not go together', () => {
  expect(() => accessBy({ proxy: 'http://p:1', connectTo: parseConnection('a:1:b:2') })).toThrow(HarnessError);
});

const parsed = (...args: string[]) =>
  ofRepository.withTargetOptions(new Command()).parse(args, { from: 'user' }).opts();

test('every origin that is missing is named at once', async () => {
  await expect(ofRepository.fleetFrom(parsed('--url-portal', 'https://portal.example'))).rejects.toThrow(
    /^Not given: --url-operator, --url-auth\. Give them all, or none/,
  );
});

test('the origins come from the options, or without them from the manifests', async () => {
  expect((await ofRepository.fleetFrom(parsed())).urls).toEqual(originsOf(productionHosts));
  const urls = ['operator', 'portal', 'auth'].flatMap((role) => [`--url-${role}`, `https://${role}.example`]);
  expect((await ofRepository.fleetFrom(parsed(...urls))).urls).toMatchObject({
    auth: 'https://auth.example',
    portal: 'https://portal.example',
  });
});
