/** Below `e2e/`. In the suite they would test the harness (the edge's certificates and the mock), or are about no app of it. */
export const notInTheSuite = ['any-app/claims.spec.ts'];
