/** Words that stand in templates and examples for a value that somebody still has to put there. */
const placeholders = [
  /change[-_ ]?me/i,
  /replace[-_ ]?(me|this)/i,
  /placeholder/i,
  /^(todo|tbd|xxx+|\.\.\.|…)$/i,
  /^<.*>$|<[a-z][a-z _-]*>/i,
  /\$\{?[A-Z_]{3,}/,
  /\b(your|my)[-_ ](secret|token|key|password|client)/i,
  /\bNODE_GATEWAY_IP\b/i,
  // Between separators only: random base64 has these letters in it now and then.
  /(^|[-_ .])e2e([-_ .]|$)/i,
  /not[-_ ]for[-_ ]production|for[-_ ]e2e[-_ ]only/i,
];

export const isPlaceholder = (value: string): boolean => placeholders.some((pattern) => pattern.test(value));
