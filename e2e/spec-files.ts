/** Below `e2e/`. In the suite they would test the harness: the edge's certificates and the mock. */
export const notInTheSuite = ['smoke/certificate.spec.ts', 'smoke/discovery.spec.ts'];
