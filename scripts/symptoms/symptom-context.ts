import type { BrowserContext } from '@playwright/test';
import { styleText } from 'node:util';
import type { App } from '../../e2e/models/app.ts';
import { SessionStore } from '../../e2e/fixtures/session-store.ts';
import type { Person } from '../../fixtures/people.ts';
import type { AuthentikControl } from '../../fixtures/authentik/control/client.ts';
import type { Regression } from '../../fixtures/regressions/regression.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';

/** The context of a symptom: a fleet, a browser on it, and a person who can sign in. */
export interface SymptomContext {
  fleet: Fleet;
  app: App;
  context: BrowserContext;
  person: Person;
  authentik: AuthentikControl;
  regression: Regression;
  /** The fleet runs without the regression. */
  fixed: boolean;
  say: (line: string) => void;
}

/** Shows a regression live. @returns whether its symptom was visible. */
export type ShowSymptom<Options> = (symptom: SymptomContext, options: Options) => Promise<boolean>;

/** A table row that is printed while the work continues. */
export const row = (...cells: ReadonlyArray<readonly [text: string, width: number]>): string =>
  cells
    .map(([text, width]) => text.padEnd(width))
    .join('  ')
    .trimEnd();

export const good = (text: string): string => styleText('green', text);
export const bad = (text: string): string => styleText('red', text);

/** Reads the fleet's Redis. */
export async function withStore<Result>(fleet: Fleet, look: (store: SessionStore) => Promise<Result>): Promise<Result> {
  const store = new SessionStore(await fleet.reach('dezky-data', 6379));
  try {
    return await look(store);
  } finally {
    store.close();
  }
}
