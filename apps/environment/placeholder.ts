/** Placeholders in templates and examples, which must be replaced by a real value. */
const placeholders = [
  /change[-_ ]?me/i,
  /replace[-_ ]?(me|this)/i,
  /fill[-_ ]?(me|this|it)[-_ ]?in|fill[-_ ]in/i,
  /(insert|put|enter|paste|add)[-_ ]([a-z]+[-_ ]){0,4}here/i,
  /placeholder|redacted/i,
  // The whole value, or followed by a character that is not in base64.
  /^(todo|tbd|fixme|xxx+|\.\.\.|…)([^a-z0-9+/=]|$)/i,
  /^<.*>$|<[a-z][a-z _-]*>/i,
  /\$\{?[A-Z_]{3,}/,
  // Template variables, and references that a secret manager should have resolved.
  /\{\{.*\}\}|^%\w+%$|^(op|vault|ref\+\w+):|^ENC\[/,
  /\b(your|my)[-_ ](secret|token|key|password|client)/i,
  /(^|[-_ ])(example|sample|dummy|fake|test)[-_ ]((client|api)[-_ ])?(secret|token|key|password)/i,
  /^(password|secret|token)[-_ ]?\d*$|(password|secret|token){2}/i,
  /123456789|abcdefgh/i,
  /\bNODE_GATEWAY_IP\b/i,
  // Only between separators, because random base64 sometimes contains these letters.
  /(^|[-_ .])e2e([-_ .]|$)/i,
  /not[-_ ]for[-_ ]production|for[-_ ]e2e[-_ ]only/i,
  // The same text three times or more, or fewer than six distinct characters. Shorter values may be numbers.
  /^(?=.{20})(.+?)([-_ ]?\1){2,}$/i,
  /^(?=.{20})(?!(?:.*?(.)(?!.*\1)){6})/,
];

export const isPlaceholder = (value: string): boolean => placeholders.some((pattern) => pattern.test(value));
