/** Text as inline code. */
export const code = (source: string): string => `\`${source}\``;

/** Text for people: `<` starts no tag. Inline code is left as it is. */
export const text = (source: string): string =>
  source
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll('<', '&lt;')))
    .join('');

/** A table; prettier aligns it. A bar in a cell does not end it. */
export const table = (head: readonly string[], rows: ReadonlyArray<readonly string[]>): string =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |\n`)
    .join('');
