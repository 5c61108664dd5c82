import { test } from '@playwright/test';
import { expect } from '../../matchers/index.ts';

test('two assertions', () => {
  expect('first').toBe('');
  expect('second').toBe('');
});
