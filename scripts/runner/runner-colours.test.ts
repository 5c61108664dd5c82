import { expect, test } from 'vitest';
import { withoutColours } from './runner.ts';

test('a runner whose caller wants no colours gets FORCE_COLOR=0 instead of NO_COLOR, about which Node warns beside it', () => {
  expect(withoutColours({ NO_COLOR: '1', FORCE_COLOR: '1', HOME: '/root' })).toEqual({
    FORCE_COLOR: '0',
    HOME: '/root',
  });
});

test.each([{}, { NO_COLOR: '' }, { FORCE_COLOR: '1' }])('%j says nothing against colours', (env) => {
  expect(withoutColours(env)).toEqual(env);
});
