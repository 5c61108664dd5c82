/** The face of the suite: what a spec imports first. */
export { expect, test } from './product/test.ts';
