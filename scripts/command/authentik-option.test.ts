import { expect, test } from 'vitest';
import { authentikOption, targetOption } from './authentik-option.ts';

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

test.each([
  ['mock', 'mock'],
  ['container', 'container'],
  ['http://localhost:9000/', 'http://localhost:9000'],
])('conformance measures %s', (text, target) => {
  expect(targetOption(text)).toBe(target);
});

test.each(['mok', 'https://sso.test/auth/', 'ftp://sso.test'])('conformance does not measure %s', (text) => {
  expect(() => targetOption(text)).toThrow('Give "mock", "container" or the URL of a server without a path');
});
