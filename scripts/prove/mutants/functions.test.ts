import { expect, test } from 'vitest';
import { functionsIn } from './functions.ts';

const content = `const limit = 1;
export const isIdle = (seconds: number) => seconds > limit;
export function ended(ids: string[]) {
  return ids.filter((id) => id !== '');
}
class Store {
  get(id: string) { return id + '!'; }
}
export default handler(() => 'answer');
`;

test.each([
  ['limit = 1', '(module)'],
  ['seconds > limit', 'isIdle'],
  ["id !== ''", 'ended'],
  ["id + '!'", 'get'],
  ["'answer'", '(module)'],
])('%s is in %s', (text, name) => {
  const before = content.slice(0, content.indexOf(text)).split('\n');
  expect(functionsIn(content)({ line: before.length, column: before.at(-1)?.length ?? 0 })).toBe(name);
});
