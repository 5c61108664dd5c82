import { Command } from 'commander';
import { expect, test } from 'vitest';
import { urlsFrom, withUrlOptions } from './url-options.ts';

const parsed = (...args: string[]) => withUrlOptions(new Command()).parse(args, { from: 'user' }).opts();

test('every origin that is missing is named at once', () => {
  expect(() => urlsFrom(parsed('--url-portal', 'https://portal.example'))).toThrow(
    /^Not given: --url-operator, --url-auth\. Give them, or --run <id>/,
  );
});

test('the origins come from the options', () => {
  const urls = ['operator', 'portal', 'auth'].flatMap((role) => [`--url-${role}`, `https://${role}.example`]);
  expect(urlsFrom(parsed(...urls))).toMatchObject({ auth: 'https://auth.example', portal: 'https://portal.example' });
});
