/** Words that stand in templates and examples for a value that somebody still has to put there. */
const placeholders = [
  /change[-_ ]?me/i,
  /replace[-_ ]?(me|this)/i,
  /fill[-_ ]?(me|this|it)[-_ ]?in|fill[-_ ]in/i,
  /(insert|put|enter|paste|add)[-_ ]([a-z]+[-_ ]){0,4}here/i,
  /placeholder|redacted/i,
  // Alone, or before what is no character of base64.
  /^(todo|tbd|fixme|xxx+|\.\.\.|…)([^a-z0-9+/=]|$)/i,
  /^<.*>$|<[a-z][a-z _-]*>/i,
  /\$\{?[A-Z_]{3,}/,
  // Of templates, and references that a secret manager should have followed.
  /\{\{.*\}\}|^%\w+%$|^(op|vault|ref\+\w+):|^ENC\[/,
  /\b(your|my)[-_ ](secret|token|key|password|client)/i,
  /(^|[-_ ])(example|sample|dummy|fake|test)[-_ ]((client|api)[-_ ])?(secret|token|key|password)/i,
  /^(password|secret|token)[-_ ]?\d*$|(password|secret|token){2}/i,
  /123456789|abcdefgh/i,
  /\bNODE_GATEWAY_IP\b/i,
  // Between separators only: random base64 has these letters in it now and then.
  /(^|[-_ .])e2e([-_ .]|$)/i,
  /not[-_ ]for[-_ ]production|for[-_ ]e2e[-_ ]only/i,
  // The same word three times over, or hardly any characters; shorter ones may be numbers.
  /^(?=.{20})(.+?)([-_ ]?\1){2,}$/i,
  /^(?=.{20})(?!(?:.*?(.)(?!.*\1)){6})/,
];

export const isPlaceholder = (value: string): boolean => placeholders.some((pattern) => pattern.test(value));
