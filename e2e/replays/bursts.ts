import type { StoryRequest } from './plan.ts';

const canRunAtOnce = ({ does }: StoryRequest): boolean => does === 'call' || does === 'open page';

/** Groups of concurrent requests. A sign-in or a sign-out is a separate group. */
export function burstsOf<Item>(items: readonly Item[], requestOf: (item: Item) => StoryRequest | undefined): Item[][] {
  const groups: Item[][] = [];
  let end = -Infinity;
  for (const item of items) {
    const request = requestOf(item);
    const group = groups.at(-1);
    if (request && group && canRunAtOnce(request) && request.at < end) {
      group.push(item);
      end = Math.max(end, request.at + request.ms);
    } else {
      groups.push([item]);
      end = request && canRunAtOnce(request) ? request.at + request.ms : -Infinity;
    }
  }
  return groups;
}
