import { environments } from '../../apps/environment/environments.ts';
import type { Environment, Variable } from '../../apps/environment/environments.ts';
import { keptIn } from '../../apps/environment/environments.ts';

const header = `# What the apps read from their environment

Made from \`apps/environment\` by \`npm run config -- generate\`; a test checks that it is up to date. The apps refuse
to start with wrong values, and \`npm run config -- check\` reports them before a deploy.

_Needed_: **to start**, the app exits without it, and says why. **in production**, it would start with the fallback,
which is only right on a developer's machine; \`config -- check\` reports it. Every value that is set must have the
format. HOST, PORT and other variables of Node itself are not listed.
`;

const needed: Readonly<Record<Variable['needed'], string>> = {
  start: '**to start**',
  production: 'in production',
  never: '',
};

/** The text of docs/environment.md, before prettier. */
export const environmentDocument = (): string =>
  [header, ...Object.entries<Environment>(environments).map(([name, environment]) => section(name, environment))].join(
    '\n',
  );

function section(name: string, { variables }: Environment): string {
  const rows = Object.entries(variables).map(([variable, each]) => {
    const kept = keptIn(name, each);
    return [
      `\`${variable}\``,
      each.meaning,
      each.format.description.replaceAll('|', '\\|'),
      needed[each.needed],
      each.fallback ?? '',
      kept ? `${kept.kind} \`${kept.name}\`` : "the pod's `env`",
    ];
  });
  const table = [
    ['variable', 'meaning', 'format', 'needed', 'without it', 'kept in'],
    Array.from({ length: 6 }, () => '---'),
    ...rows,
  ];
  return `## ${name}\n\n${table.map((cells) => `| ${cells.join(' | ')} |\n`).join('')}`;
}
