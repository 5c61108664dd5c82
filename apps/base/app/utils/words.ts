/** A name from Authentik as words: `dezky-operators` is `Operators`, `tenant-blue_sky` is `Blue sky`. */
export const words = (name: string): string => {
  const text = name.replace(/^(?:dezky|tenant)-(?=.)/, '').replaceAll(/[-_]+/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
};

/** Names of groups as words, or `None`. */
export const groupWords = (groups: readonly string[]): string => groups.map(words).join(', ') || 'None';
