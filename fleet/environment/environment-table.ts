import { environments, keptIn } from '../../apps/environment/environments.ts';
import type { Environment, Variable } from '../../apps/environment/environments.ts';

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
export const environmentDocument = (): string => {
  const { 'platform-api': platformApi, ...sessionApps } = environments;
  return `${header}
## ${Object.keys(sessionApps).join(' and ')}

\`APP\` stands for the app's name.

${tableOf(sessionApps)}
## platform-api

${tableOf({ 'platform-api': platformApi })}`;
};

/** One row for each variable; apps with the same row share it. */
function tableOf(apps: Readonly<Record<string, Environment>>): string {
  const several = Object.keys(apps).length > 1;
  const rows = Object.entries(apps).flatMap(([name, environment]) =>
    Object.entries(environment.variables).map(([variable, each]) => {
      const row = rowOf(name, variable, each);
      return several ? row.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), 'APP') : row;
    }),
  );
  return [
    '| variable | meaning | format | needed | without it | kept in |\n',
    '| --- | --- | --- | --- | --- | --- |\n',
    ...new Set(rows),
  ].join('');
}

function rowOf(app: string, name: string, variable: Variable): string {
  const kept = keptIn(app, variable);
  const cells = [
    `\`${name}\``,
    variable.meaning,
    variable.format.description.replaceAll('|', '\\|'),
    needed[variable.needed],
    variable.fallback ?? '',
    kept ? `${kept.kind} \`${kept.name}\`` : "the pod's `env`",
  ];
  return `| ${cells.join(' | ')} |\n`;
}
