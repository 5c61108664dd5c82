/** Groups that the apps and platform-api read from Authentik. */
export const groupNames = {
  operators: 'dezky-operators',
  customers: 'dezky-customers',
} as const;

/** Organisations, by the name of their group without its prefix. */
const tenants = {
  aurora: { name: 'Aurora Studio', plan: 'business', domain: 'aurora.test' },
  borealis: { name: 'Borealis Energy', plan: 'starter', domain: 'borealis.test' },
  cirrus: { name: 'Cirrus Travel', plan: 'enterprise', domain: 'cirrus.test' },
  dune: { name: 'Dune Architects', plan: 'business', domain: 'dune.test' },
  ember: { name: 'Ember Coffee', plan: 'starter', domain: 'ember.test' },
  fjord: { name: 'Fjord Shipping', plan: 'enterprise', domain: 'fjord.test' },
};

/** Authentik's groups in the e2e fleet: one for each role, and the tenants. */
export const e2eGroups = [
  { name: groupNames.operators, attributes: { dezky_role: 'operator' } },
  { name: groupNames.customers, attributes: { dezky_role: 'customer' } },
  ...Object.entries(tenants).map(([slug, tenant]) => ({
    name: `tenant-${slug}`,
    attributes: { dezky_tenant: tenant },
  })),
];
