import { test } from '../../../e2e/fixtures/index.ts';

test('the sign-in page, with the fixtures of the suite', async ({ app }) => {
  await app.open('/sign-in');
});
