import { expect, test } from 'vitest';
import { authentikOption, targetOption } from './authentik-option.ts';

test.each<[(text: string) => unknown, string, unknown]>([
  [authentikOption, '2025.12.4', { profile: '2025.12.4' }],
  [authentikOption, 'http://127.0.0.1:9000', { url: 'http://127.0.0.1:9000' }],
  [authentikOption, 'https://sso.test/', { url: 'https://sso.test' }],
  [targetOption, 'mock', 'mock'],
  [targetOption, 'container', 'container'],
  [targetOption, 'http://localhost:9000/', 'http://localhost:9000'],
])('%o takes %s', (option, text, value) => expect(option(text)).toEqual(value));

const target = 'Give "mock", "container" or the URL of a server without a path';
test.each<[(text: string) => unknown, string, string]>([
  [authentikOption, '2024.1', 'The profiles are: 2025.12.4, '],
  [authentikOption, 'toString', 'The profiles are: '],
  [authentikOption, 'https://sso.test/auth/', 'without a path'],
  [authentikOption, 'https://admin@sso.test', 'without a path'],
  [authentikOption, 'http://', 'without a path'],
  [targetOption, 'mok', target],
  [targetOption, 'https://sso.test/auth/', target],
  [targetOption, 'ftp://sso.test', target],
])('%o refuses %s', (option, text, sentence) => expect(() => option(text)).toThrow(sentence));
