import Table from 'cli-table3';

const edges = ['top', 'bottom', 'left', 'right', 'mid'] as const;
const corners = ['mid', 'left', 'right'] as const;
const none = Object.fromEntries(
  edges.flatMap((edge) => [[edge, ''], ...corners.map((corner) => [`${edge}-${corner}`, ''])]),
);

/** A table without borders. */
export const plainTable = (head: string[]) =>
  new Table({
    head,
    chars: { ...none, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
