import { z } from 'zod';
import { readJson } from '../shared/json-file.ts';
import type { SpecCoverage } from './coverage-of.ts';

/** What earlier runs have recorded, and a hash of each spec file that was recorded. */
export interface RecordedCoverage extends SpecCoverage {
  specs: Record<string, string>;
}

const schema: z.ZodType<RecordedCoverage> = z.object({
  specs: z.record(z.string(), z.string()),
  tests: z.array(z.object({ place: z.string(), duration: z.number(), reached: z.array(z.string()) })),
  start: z.array(z.string()),
  known: z.array(z.string()),
});

/** The coverage in a file; undefined when there is none. @throws HarnessError when the file is damaged. */
export const readCoverage = (file: string): RecordedCoverage | undefined =>
  readJson(file, schema, {
    what: 'coverage of specs',
    remedy: 'Record it again with: npm run mutate -- --record',
  });
