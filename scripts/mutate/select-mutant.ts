// Runs in each test file before its imports: activates the mutant, and hands over which mutants the file reached.
import { afterAll, inject } from 'vitest';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Empty: none is active. */
    mutant: string;
    /** Executions of the mutant after which it counts as an infinite loop; 0: unlimited. */
    hitLimit: number;
  }
  interface TaskMeta {
    /** How often each mutant was reached. */
    reached?: Record<string, number>;
  }
}

interface Mutation {
  activeMutant?: string;
  hitCount?: number;
  hitLimit?: number;
  mutantCoverage?: { static: Record<string, number> };
}

const mutant = inject('mutant');
const mutation: Mutation =
  mutant === ''
    ? { mutantCoverage: { static: {} } }
    : { activeMutant: mutant, hitCount: 0, hitLimit: inject('hitLimit') || Infinity };
Object.assign(globalThis, { __stryker__: mutation });

afterAll(({}, suite) => {
  suite.meta.reached = mutation.mutantCoverage?.static ?? {};
});
