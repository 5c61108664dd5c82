import type { Environment, Variable } from './environments.ts';

export type Values = Readonly<Record<string, string | undefined>>;

/** `start`: faults that prevent an app from starting. `production`: also values that are wrong in production. */
export type Stage = 'start' | 'production';

export interface VariableFault {
  variable: string;
  /** A sentence, with the variable's name and never with its value. */
  sentence: string;
}

function faultOf(name: string, variable: Variable, value: string | undefined, stage: Stage): VariableFault | undefined {
  const reason = reasonOf(variable, value, stage);
  return reason === undefined ? undefined : { variable: name, sentence: `${name} ${reason}.` };
}

/** The faults of an environment, at most one for each variable, in the order of the schema. */
export function faultsOf(environment: Environment, values: Values, stage: Stage): VariableFault[] {
  const faults = Object.entries(environment.variables).flatMap(
    ([name, variable]) => faultOf(name, variable, values[name], stage) ?? [],
  );
  const faulty = new Set(faults.map(({ variable }) => variable));
  return [...faults, ...halfUpstreams(environment, values).filter(({ variable }) => !faulty.has(variable))];
}

/** An empty value counts as absent, unless the format says otherwise. */
const isSet = ({ format }: Variable, value: string | undefined): value is string =>
  value !== undefined && (value !== '' || format.judgesEmpty === true);

const hintOf = ({ format, make }: Variable): string | undefined =>
  format.hint ?? (make && 'from' in make ? `get it from ${make.from}` : undefined);

function reasonOf(variable: Variable, value: string | undefined, stage: Stage): string | undefined {
  const { format, needed } = variable;
  if (!isSet(variable, value)) {
    const isNeeded = needed === 'start' || (needed === 'production' && stage === 'production');
    return isNeeded ? ['is not set', hintOf(variable)].filter(Boolean).join(': ') : undefined;
  }
  if (stage === 'production' && isPlaceholder(value)) return 'is a placeholder: put the real value there';
  const fault = format.fault?.(value);
  if (fault !== undefined || stage === 'start') return fault;
  if (value.trim() !== value) return 'begins or ends with white space: make it with printf, not with echo';
  return format.productionFault?.(value);
}

/** When only one of URL and token is set, the name of the other may be misspelt. */
function halfUpstreams({ upstreams = {} }: Environment, values: Values): VariableFault[] {
  return Object.entries(upstreams).flatMap(([upstream, { url, token }]) => {
    const [present, missing] = values[url] ? [url, token] : [token, url];
    if (!values[present] || values[missing]) return [];
    const remedy = `set both, or neither to do without ${upstream}`;
    return [{ variable: missing, sentence: `${missing} is not set although ${present} is: ${remedy}.` }];
  });
}

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
