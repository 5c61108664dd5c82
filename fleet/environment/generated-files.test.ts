import { expect, test } from 'vitest';
import { generatedFiles } from './generated-files.ts';

test.each(await generatedFiles())('$path is what `npm run config -- generate` writes', ({ upToDate }) => {
  expect(upToDate).toBe(true);
});
