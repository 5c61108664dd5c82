import type { Regression } from '../../fixtures/regression.ts';
import type { Engines } from '../../fleet/engines/engines.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import type { AuthentikServer } from '../../fleet/manifests/authentik.ts';
import type { SourceChange } from '../../fleet/manifests/change.ts';

/** What a run of the suite is told of the product. */
export interface SuiteProduct {
  engines: Engines;
  regressions(): readonly Regression[];
  /** Creates the users of a fleet that people open, too. */
  createPeople(fleet: Fleet): Promise<void>;
  /** Makes at a real Authentik what the apps of a run need. Disposing removes it. */
  provisionRun(server: AuthentikServer, runId: string): Promise<AsyncDisposable>;
  /** A second build of an app, which a spec needs. */
  nextBuild: { spec: string; app(): string; change: SourceChange };
}
