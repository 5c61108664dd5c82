// What specs of other projects import.
export { expect } from '../../e2e/matchers/index.ts';
export { test } from '../../e2e/any-app/test.ts';
export { twoPods } from '../../e2e/claims/two-pods.ts';
