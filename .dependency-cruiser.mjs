/**
 * Imports flow one way: scripts -> e2e -> fixtures -> fleet, and downwards between the folders of e2e, fleet and
 * fixtures/authentik. The apps and the harness do not import each other, save that both import apps/environment: what
 * the apps read from their environment, as data. Downwards, too, between the folders of apps/base/server.
 */
const harness = ['scripts', 'e2e', 'fixtures', 'fleet'];

/**
 * A rule for each folder below `root`: which of the others it may import. What lies in `root` itself is below them all,
 * or above them as the entry points of a package.
 */
const downwards = (root, folders, { base = 'below', except = [] } = {}) => [
  ...(base === 'below'
    ? [
        {
          name: `${root}-base-imports-no-folder`,
          comment: `What lies in ${root}/ itself is shared by all of its folders, so that it knows none of them.`,
          severity: 'error',
          from: { path: `^${root}/[^/]+$`, pathNot: except },
          to: { path: `^${root}/[^/]+/` },
        },
      ]
    : []),
  ...Object.entries(folders).map(([folder, allowed]) => ({
    name: `${root}/${folder}-imports-downwards-only`,
    comment: `${root}/${folder} may import ${[...allowed, ...(base === 'below' ? [`what lies in ${root}/ itself`] : [])].join(', ') || 'no other folder'}.`,
    severity: 'error',
    from: { path: `^${root}/${folder}/`, pathNot: except },
    to: {
      path: base === 'below' ? `^${root}/[^/]+/` : `^${root}/`,
      pathNot: [folder, ...allowed].map((name) => `^${root}/${name}/`),
    },
  })),
];

/**
 * The folders of fleet/, the lowest first. The modules that lie in fleet/ itself are below them all: errors, paths, hosts,
 * programs that are run to their end, polling, the signal that gives a start up, and the token of control planes.
 */
const fleetFolders = {
  manifests: [],
  monitoring: [],
  environment: ['manifests', 'product'],
  run: ['manifests'],
  build: ['manifests', 'run'],
  kubernetes: ['manifests'],
  edge: ['run'],
  rules: ['manifests', 'product'],
  release: ['manifests', 'environment', 'kubernetes', 'rules', 'product'],
  'engines/shared': ['manifests', 'run', 'build', 'edge'],
  'engines/docker': ['manifests', 'run', 'build'],
  'engines/kubernetes': ['manifests', 'run', 'build', 'kubernetes', 'edge', 'engines/shared', 'engines/docker'],
  'engines/local': ['manifests', 'run', 'build', 'edge', 'engines/shared'],
  // Its test alone makes a certificate; the engine imports nothing but the base.
  'engines/live': ['run'],
  // What the engines are told of the product: hosts, images, its fleet.
  'one-app': ['manifests', 'engines/shared'],
  product: ['manifests', 'engines'],
};
const fleetRules = [
  ...downwards('fleet', fleetFolders, { except: ['\\.test\\.ts$', '/testing/'] }),
  {
    name: 'fleet-folders-are-listed',
    comment: 'A new folder of fleet/ states what it may import: add it to fleetFolders. engines.ts lists the engines.',
    severity: 'error',
    from: {
      path: '^fleet/[^/]+/',
      pathNot: ['^fleet/engines/engines\\.ts$', ...Object.keys(fleetFolders).map((name) => `^fleet/${name}/`)],
    },
    to: { path: '^fleet/' },
  },
  {
    name: 'engines-by-their-list',
    comment: 'Only the list of engines knows all engines, and the product gives it a fleet.',
    severity: 'error',
    from: { path: '^fleet/', pathNot: '^fleet/product/' },
    to: { path: '^fleet/engines/engines\\.ts$' },
  },
];

/** Unit tests of the mock may import any of its folders. */
const mockRules = downwards(
  'fixtures/authentik',
  {
    settings: [],
    http: ['settings'],
    state: ['settings', 'http'],
    tokens: ['settings', 'http', 'state'],
    sessions: ['settings', 'http', 'state', 'tokens'],
    flows: ['settings', 'http', 'state', 'tokens', 'sessions'],
    endpoints: ['settings', 'http', 'state', 'tokens', 'sessions', 'flows'],
    'admin-api': ['settings', 'http', 'state', 'sessions', 'flows'],
    control: ['settings', 'http', 'state', 'tokens', 'sessions'],
    server: ['settings', 'http', 'state', 'tokens', 'flows', 'endpoints', 'admin-api', 'control'],
    // The browser knows the mock only by HTTP, and settings of its providers by their type.
    browser: ['settings'],
    replay: ['settings', 'control', 'server', 'browser'],
  },
  { base: 'above', except: ['\\.test\\.ts$'] },
);

/** Specs lie in the other folders of e2e/, which nothing imports: they may import any of these but smoke. */
const e2eFolders = {
  report: [],
  requirements: ['report'],
  matchers: [],
  claims: ['matchers'],
  fixtures: ['report', 'matchers', 'claims'],
  models: ['matchers', 'claims'],
  // `test` with what is Dezky's; e2e/index.ts hands it on.
  product: ['report', 'matchers', 'claims', 'fixtures', 'models'],
  // Questions to a deployed fleet and what is wrong with its answers, for smoke, diagnose, repro, deploy and prove.
  probes: ['report', 'matchers', 'claims', 'models'],
  smoke: ['report', 'requirements', 'matchers', 'claims', 'models', 'fixtures', 'probes'],
  explore: ['matchers', 'claims', 'models', 'fixtures'],
  // The claims on an app that somebody names.
  'any-app': ['report', 'matchers', 'claims', 'fixtures'],
};
const e2eRules = [
  ...downwards('e2e', e2eFolders, { except: ['\\.test\\.ts$', '^e2e/index\\.ts$'] }),
  {
    name: 'specs-import-no-specs',
    comment: 'A folder of specs imports report, matchers, models, fixtures and explore, and no other spec.',
    severity: 'error',
    from: { path: '^e2e/[^/]+/', pathNot: Object.keys(e2eFolders).map((name) => `^e2e/${name}/`) },
    to: { path: '^e2e/(?:smoke/|[^/]+/[^/]+\\.spec\\.ts$)' },
  },
];

/** What the routes, middleware and plugins of an app stand on. */
const serverFolders = {
  settings: [],
  metrics: [],
  http: ['settings'],
  authentik: ['settings'],
  'nuxt-oidc-auth': ['settings', 'http', 'authentik'],
  sessions: ['settings', 'metrics', 'http', 'authentik', 'nuxt-oidc-auth'],
  'back-channel': ['settings', 'sessions'],
};
/** What Nitro starts, which nothing imports. */
const serverEntries = ['api', 'middleware', 'plugins', 'routes', 'utils'];
const serverRules = [
  ...downwards('apps/base/server', serverFolders, { base: 'above', except: ['\\.test\\.ts$'] }),
  {
    name: 'server-folders-are-listed',
    comment: 'A new folder of apps/base/server states what it may import: add it to serverFolders.',
    severity: 'error',
    from: {
      path: '^apps/base/server/[^/]+/',
      pathNot: [...Object.keys(serverFolders), ...serverEntries].map((name) => `^apps/base/server/${name}/`),
    },
    to: {},
  },
];

/** What could serve any product. The rest is Dezky, and is wired into it in fleet/product, e2e/index.ts and scripts/product.ts. */
const core = [
  '^fleet/(?:build|edge|engines|kubernetes|manifests|one-app|run)/',
  '^fleet/[^/]+\\.ts$',
  '^fixtures/(?:authentik|authentik-api|conformance)/',
  '^fixtures/(?:browser|person|regression)\\.ts$',
  '^e2e/(?:claims|fixtures|matchers|report)/',
  '^e2e/(?:deadline|engine-in-use|not-applicable|run-request|spec-files)\\.ts$',
  '^scripts/(?:command|prove|runner)/',
];

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
      comment: 'What ships must not depend on what tests it. Unit tests may use the stand-ins of fixtures.',
      severity: 'error',
      from: { path: '^apps/', pathNot: '\\.test\\.ts$' },
      to: { path: `^(${harness.join('|')})/` },
    },
    {
      name: 'app-tests-use-stand-ins-only',
      severity: 'error',
      from: { path: '^apps/.*\\.test\\.ts$' },
      to: { path: `^(${harness.join('|')})/`, pathNot: '^fixtures/(upstreams|authentik)/' },
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
    {
      name: 'tokens-stand-alone',
      comment: 'What verifies tokens in the apps and in platform-api imports neither.',
      severity: 'error',
      from: { path: '^apps/tokens/' },
      to: { path: '^apps/', pathNot: '^apps/tokens/' },
    },
    {
      name: 'shared-knows-neither-side',
      comment: 'What the pages and the server of an app share imports neither.',
      severity: 'error',
      from: { path: '^apps/base/shared/' },
      to: { path: '^apps/base/(?:app|server)/' },
    },
    {
      name: 'mock-stands-alone',
      comment:
        'fixtures/authentik is a package of its own: it imports nothing of the repository. Unit tests may. The harness may import it.',
      severity: 'error',
      from: { path: '^fixtures/authentik/', pathNot: '\\.test\\.ts$' },
      to: { path: `^(${harness.join('|')}|apps)/`, pathNot: '^fixtures/authentik/' },
    },
    {
      name: 'core-knows-no-product',
      comment: 'The core serves any product. What it needs of this one is given to it. Unit tests may use Dezky.',
      severity: 'error',
      from: { path: core, pathNot: ['\\.test\\.ts$', '/testing(?:/|\\.ts$)'] },
      to: { path: `^(${harness.join('|')}|apps)/`, pathNot: core },
    },
    {
      name: 'mutants-are-loaded-by-prove',
      comment:
        'StrykerJS takes a second of CPU to load: only mutants need it, and a build of mutants loads it when asked.',
      severity: 'error',
      from: { path: '.', pathNot: ['^fleet/build/mutants(?:\\.test)?\\.ts$', '^scripts/prove/mutants/'] },
      to: {
        path: ['^fleet/build/mutants\\.ts$', '/@stryker-mutator/'],
        dependencyTypesNot: ['dynamic-import', 'type-only'],
      },
    },
    ...fleetRules,
    ...mockRules,
    ...e2eRules,
    ...serverRules,
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
    exclude: {
      path: '(^|/)(\\.output|\\.nuxt|\\.cache|node_modules|fixtures/authentik/(dist|examples)|fixtures/sample-apps/(next|nuxt))/',
    },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
