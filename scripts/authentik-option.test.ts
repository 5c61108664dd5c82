import { expect, test } from 'vitest';
import { authentikOption, profileOption } from './authentik-option.ts';

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
