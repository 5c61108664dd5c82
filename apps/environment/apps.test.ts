import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { apps, urlKey, urlVariable } from './apps.ts';

describe.each(apps.map(({ name }) => name))('%s', (name) => {
  test('is a workspace that the gate type-checks and the release builds', () => {
    const text = readFileSync(join(import.meta.dirname, '..', name, 'package.json'), 'utf8');
    const { scripts } = JSON.parse(text) as { scripts: Record<string, string> };
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['build', 'typecheck']));
  });
});

test('the variable and the key of a URL are those of Nuxt, also with a hyphen', () => {
  expect([urlVariable('help-desk'), urlKey('help-desk')]).toEqual(['NUXT_PUBLIC_HELP_DESK_URL', 'helpDeskUrl']);
});
