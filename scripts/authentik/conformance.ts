import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  conformance,
  rows,
  countOf,
  describeRow,
  listOf,
  summaryOfRows,
} from '../../fixtures/conformance/conformance.ts';
import { openTarget, type ConformanceTargetOptions } from '../../fixtures/conformance/open-target.ts';
import { authlib } from '../../fixtures/foreign-clients/authlib.ts';
import { oidcClientTs } from '../../fixtures/foreign-clients/oidc-client-ts.ts';
import { openidClients } from '../../fixtures/foreign-clients/openid-client.ts';
import { exitCodes, HarnessError } from '../../fleet/errors.ts';
import { interruption } from '../command/interruption.ts';
import { progress } from '../command/run-command.ts';

export interface ConformanceOptions extends Pick<ConformanceTargetOptions, 'profile' | 'ca' | 'callbackHost'> {
  row?: number[];
  clients?: true;
  list?: true;
  json?: string;
}

/** Measures an Authentik against the fidelity table, and prints the rows. @returns the exit code */
export async function measureConformance(address: string, options: ConformanceOptions): Promise<number> {
  const { row: ids } = options;
  const chosen = options.clients
    ? [...openidClients, oidcClientTs, authlib]
    : rows.filter(({ id }) => ids?.includes(Number(id)) ?? true);
  if (chosen.length === 0)
    throw new HarnessError(`There is no row ${ids?.join(', ')}. See: npm run authentik -- conformance --list`);
  if (options.list) {
    console.log(listOf(chosen, options.profile ?? '2026.8'));
    return exitCodes.passed;
  }
  await using target = await openTarget(address, { ...options, progress, signal: interruption });
  progress(`Measuring at ${target.url}, as ${target.profile}; rows: ${chosen.length}.`);
  const results = await conformance(target, {
    rows: chosen,
    signal: interruption,
    onResult: (result) => console.log(describeRow(result)),
    onRemoving: () => progress(`What was made at ${target.url} is being removed.`),
  });
  console.log(summaryOfRows(results, target));
  if (options.json !== undefined) {
    mkdirSync(dirname(options.json), { recursive: true });
    writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
  }
  return countOf(results, 'different') > 0 ? exitCodes.productFailed : exitCodes.passed;
}
