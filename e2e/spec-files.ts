/**
 * Below `e2e/`. Smoke checks of what is the harness's own here, the edge's certificates and the mock, say nothing about
 * the product.
 */
export const notInTheSuite = ['smoke/certificate.spec.ts', 'smoke/discovery.spec.ts'];
