import { expect, test } from 'vitest';
import { authentikOption, profileOption, targetOption } from './authentik-option.ts';

test.each([
  ['2025.12.4', { profile: '2025.12.4' }],
  ['http://127.0.0.1:9000', { url: 'http://127.0.0.1:9000' }],
  ['https://sso.test/', { url: 'https://sso.test' }],
])('%s', (text, option) => {
  expect(authentikOption(text)).toEqual(option);
});

test.each([
  ['2024.1', 'The profiles are: 2025.12.4, '],
  ['toString', 'The profiles are: '],
  ['https://sso.test/auth/', 'without a path'],
  ['https://admin@sso.test', 'without a path'],
  ['http://', 'without a path'],
])('%s is refused', (text, sentence) => {
  expect(() => authentikOption(text)).toThrow(sentence);
});

test('a fleet that stays up takes profiles alone', () => {
  expect(profileOption('next')).toEqual({ profile: 'next' });
  expect(() => profileOption('https://sso.test')).toThrow('The profiles are');
});

test('what conformance measures is a name, or a server without its slash', () => {
  expect(['mock', 'container', 'http://localhost:9000/'].map(targetOption)).toEqual([
    'mock',
    'container',
    'http://localhost:9000',
  ]);
  for (const text of ['mok', 'https://sso.test/auth/', 'ftp://sso.test']) {
    expect(() => targetOption(text), text).toThrow('Give "mock", "container" or the URL of a server without a path');
  }
});
