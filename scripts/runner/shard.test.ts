import { expect, test } from 'vitest';
import { parseShard, shardOf } from './shard.ts';

test('the parts together are the list, each element once', () => {
  const list = Array.from({ length: 10 }, (_, index) => index);
  const parts = [1, 2, 3].map((index) => shardOf(parseShard(`${index}/3`), list));
  expect(parts.map(({ length }) => length)).toEqual([4, 3, 3]);
  expect(parts.flat().toSorted((a, b) => a - b)).toEqual(list);
});

test.each(['', '1', '0/3', '4/3', '1/0', 'a/b', '1/3/5', '-1/3', '99999999999999999999/99999999999999999999'])(
  '%j is no part',
  (text) => {
    expect(() => parseShard(text)).toThrow('Give a part and the number of parts, such as 2/3.');
  },
);
