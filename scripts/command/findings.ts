import { styleText } from 'node:util';
import type { ConfigurationFinding } from '../../fleet/environment/finding.ts';
import { exitCodes } from '../../fleet/errors.ts';

/** Prints the findings of a check, one sentence per line, and a summary. */
export function printFindings(findings: readonly Pick<ConfigurationFinding, 'sentence'>[], allWell: string): number {
  for (const { sentence } of findings) console.log(`${styleText('red', '✗')} ${sentence}`);
  if (findings.length === 0) {
    console.log(`${styleText('green', '✓')} ${allWell}`);
    return exitCodes.passed;
  }
  console.log(`${findings.length} ${findings.length === 1 ? 'fault' : 'faults'}.`);
  return exitCodes.productFailed;
}
