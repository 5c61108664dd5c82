import { distance } from 'fastest-levenshtein';

const mostSuggested = 3;
const mostListed = 12;

/** The known names that are similar to a wrong one, the nearest first. A wrong name may also be a prefix of one. */
function nearest(wrong: string, known: readonly string[]): string[] {
  // A short name is similar to every name.
  if (wrong.length < 3) return [];
  const most = Math.floor(wrong.length / 3);
  return known
    .map((name) => ({ name, whole: distance(wrong, name), start: distance(wrong, name.slice(0, wrong.length)) }))
    .filter(({ whole, start }) => Math.min(whole, start) <= most)
    .toSorted((a, b) => Math.min(a.whole, a.start) - Math.min(b.whole, b.start) || a.whole - b.whole)
    .slice(0, mostSuggested)
    .map(({ name }) => name);
}

/**
 * The end of a message about an unknown name: similar names, or the existing ones.
 * @param listCommand prints all names, for a list that is too long for a sentence.
 */
export function didYouMean(wrong: string, known: readonly string[], listCommand?: string): string {
  const near = nearest(wrong, known);
  if (near.length > 0) return `Did you mean ${new Intl.ListFormat('en', { type: 'disjunction' }).format(near)}?`;
  if (known.length === 0) return 'There is none.';
  return known.length > mostListed && listCommand ? `See: ${listCommand}` : `There are: ${known.join(', ')}.`;
}
