/**
 * Imports flow one way: scripts -> e2e -> fixtures -> fleet. The apps and the harness do not import each other, save
 * that both import apps/environment: what the apps read from their environment, as data.
 */
const harness = ['scripts', 'e2e', 'fixtures', 'fleet'];

const above = (folder) => `^(${harness.slice(0, harness.indexOf(folder)).join('|')})/`;

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...harness.slice(1).map((folder) => ({
      name: `${folder}-imports-downwards-only`,
      comment: `${folder}/ may import only what lies below it: ${harness.join(' -> ')}.`,
      severity: 'error',
      from: { path: `^${folder}/` },
      to: { path: above(folder) },
    })),
    {
      name: 'apps-know-no-harness',
      comment: 'What ships must not depend on what tests it. Unit tests may use the stand-ins of fixtures/upstreams.',
      severity: 'error',
      from: { path: '^apps/', pathNot: '\\.test\\.ts$' },
      to: { path: `^(${harness.join('|')})/` },
    },
    {
      name: 'app-tests-use-upstreams-only',
      severity: 'error',
      from: { path: '^apps/.*\\.test\\.ts$' },
      to: { path: `^(${harness.join('|')})/`, pathNot: '^fixtures/upstreams/' },
    },
    {
      name: 'harness-knows-no-app',
      comment:
        'The harness starts what the apps build; it never imports their sources. apps/environment is no source but ' +
        'the contract with who runs the apps.',
      severity: 'error',
      from: { path: `^(${harness.join('|')})/` },
      to: { path: '^apps/', pathNot: '^apps/environment/' },
    },
    {
      name: 'environment-stands-alone',
      comment:
        'What both sides import must bring nothing of either with it. A unit test holds that it brings no package.',
      severity: 'error',
      from: { path: '^apps/environment/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^apps/environment/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: { path: `^(${harness.join('|')})/` },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(\\.output|\\.nuxt|\\.cache|node_modules)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
