import { randomBytes } from 'node:crypto';
import type { Variable } from '../../apps/environment/environments.ts';
import { filledIn } from './check-secrets.ts';

const header = `# The Secrets that production needs before the first \`npm run deploy\`. Not part of the kustomization: fill in a copy,
# check it, and apply it by hand or let the cluster's secret manager write the same names. Never commit the copy.
#
#   npm run --silent config -- make-secrets > secrets.yaml     a copy with all random values made
#   npm run config -- check-secrets secrets.yaml               names what is missing, short, a placeholder or used twice
#
# Every pod of an app, old and new, must have the same values: a changed one ends every session.
`;

const upstreamsComment = `# The upstreams of platform-api. For one that is left empty it responds with "not configured".
# NODE_GATEWAY_IP is the node as its pods see it, because Stalwart runs on the node itself. On the node:
#   ip -4 -brief address show cni0
`;

/**
 * The Secrets of an environment, and the ConfigMap that differs by environment, as YAML with comments. `random`
 * generates every random value. Values that other services issue are always left to be filled in.
 */
export function secretsYaml({ random }: { random: boolean }): string {
  const documents = filledIn().map(({ kind, name, variables }) => {
    const isSecret = kind === 'Secret';
    const entries = Object.entries(variables).map(
      ([key, variable]) => `${comment(variable)}  ${key}: ${yamlString(valueOf(variable, random))}\n`,
    );
    return (
      (isSecret ? '' : upstreamsComment) +
      `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: dezky\n` +
      (isSecret ? 'type: Opaque\nstringData:\n' : 'data:\n') +
      entries.join('')
    );
  });
  return header + documents.join('---\n');
}

function comment({ meaning, format, needed, make }: Variable): string {
  const capital = meaning.charAt(0).toUpperCase() + meaning.slice(1);
  const mayBeEmpty = needed === 'never' && !format.description.startsWith('left empty');
  return [`${capital}.`, `Format: ${format.description}.${mayBeEmpty ? ' May be empty.' : ''}`, howToMake(make)]
    .filter((line) => line !== undefined)
    .map((line) => `  # ${line}\n`)
    .join('');
}

function howToMake(make: Variable['make']): string | undefined {
  if (!make) return undefined;
  return 'from' in make ? `From ${make.from}.` : `Make it: head -c ${make.randomBytes} /dev/urandom | base64`;
}

const valueOf = ({ make, template = '' }: Variable, random: boolean): string =>
  random && make && 'randomBytes' in make ? randomBytes(make.randomBytes).toString('base64') : template;

const yamlString = (value: string): string =>
  value === '' || !/^[a-z][\w:/.+-]*$/i.test(value) ? `'${value}'` : value;
