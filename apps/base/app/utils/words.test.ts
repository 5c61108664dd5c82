import { expect, test } from 'vitest';
import { groupWords, words } from './words.ts';

test.each([
  ['dezky-operators', 'Operators'],
  ['tenant-blue_sky', 'Blue sky'],
  ['authentik Admins', 'Authentik Admins'],
  ['business', 'Business'],
  ['the-tenant-of-all', 'The tenant of all'],
  ['blue--sky', 'Blue sky'],
  ['tenant-', 'Tenant '],
  ['', ''],
])('words(%j) is %j', (name, text) => {
  expect(words(name)).toBe(text);
});

test('no group is a word as well', () => {
  expect(groupWords(['dezky-customers', 'tenant-aurora'])).toBe('Customers, Aurora');
  expect(groupWords([])).toBe('None');
});
