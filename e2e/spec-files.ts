/**
 * Below `e2e/`. Here these smoke checks would test the harness (the edge's certificates and the mock) and not the
 * product.
 */
export const notInTheSuite = ['smoke/certificate.spec.ts', 'smoke/discovery.spec.ts'];
