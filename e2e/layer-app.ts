import { appNames, type AppName } from '../apps/environment/apps.ts';
import { HarnessError } from '../fleet/errors.ts';

/**
 * The app on which a spec makes its claims about the layer (`apps/base`). One is enough, because the layer is all the code
 * that the apps share, and nothing else of theirs touches sessions (layer-app.test.ts). `E2E_APP` names another.
 * @throws HarnessError when there is no such app.
 */
export function layerApp(usual: AppName): AppName {
  const asked = process.env.E2E_APP || usual;
  const app = appNames.find((name) => name === asked);
  if (app) return app;
  throw new HarnessError(
    `E2E_APP is "${asked}", which is no app that users sign in to. Give ${appNames.join(' or ')}.`,
  );
}
