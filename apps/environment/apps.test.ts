import { expect, test } from 'vitest';
import { urlKey, urlVariable } from './apps.ts';

test('the variable and the key of a URL are those of Nuxt, also with a hyphen', () => {
  expect([urlVariable('help-desk'), urlKey('help-desk')]).toEqual(['NUXT_PUBLIC_HELP_DESK_URL', 'helpDeskUrl']);
});
