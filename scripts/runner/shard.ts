import { InvalidArgumentError } from 'commander';

/** One of several parts of a list, counted from 1. */
export interface Shard {
  index: number;
  count: number;
}

/** The test runner makes a list of all parts. */
const mostParts = 1_000_000;

/** `2/3`. */
export function parseShard(text: string): Shard {
  const [, index = 0, count = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index < 1 || index > count || count > mostParts)
    throw new InvalidArgumentError('Give a part and the number of parts, such as 2/3.');
  return { index, count };
}

/** Every n-th element, so that what is alike and close together is spread over the parts. */
export const shardOf = <Element>({ index, count }: Shard, list: readonly Element[]): Element[] =>
  list.filter((_, position) => position % count === index - 1);
