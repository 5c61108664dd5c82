// The composition root of the commands: what the core needs to know of Dezky. The engines' part is fleet/product.
import { keepSeen } from '../e2e/faults/seen.ts';
import { nextBuild, nextBuildApp, nextBuildSpec } from '../e2e/models/next-build.ts';
import { developmentHostsIn } from '../e2e/probes/rules/development-hosts.ts';
import { provisionRun } from '../fixtures/authentik-server/provision-run.ts';
import { createPeople } from '../fixtures/demo-people.ts';
import { passwords } from '../fixtures/people.ts';
import { regressions } from '../fixtures/regressions/catalogue.ts';
import { engines } from '../fleet/product/fleet.ts';
import type { SuiteProduct } from './runner/suite-options.ts';

export const suite: SuiteProduct = {
  engines,
  regressions,
  secrets: passwords,
  createPeople,
  provisionRun,
  matrix: { spec: 'faults/', keep: keepSeen },
  nextBuild: { spec: nextBuildSpec, app: nextBuildApp, change: nextBuild },
};

/** Browsers load the code of every switch of a build, and no script may name a development host. */
export const mayBeInScripts = (code: string): boolean => developmentHostsIn('page', code).length === 0;
