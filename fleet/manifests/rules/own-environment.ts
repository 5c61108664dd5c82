import { appsIn } from './apps.ts';
import type { Breach, Rule } from './rule.ts';

/** Only its manifest adds variables to the environment of an app. */
export const ownEnvironment: Rule = {
  name: 'own-environment',
  check: (objects) =>
    appsIn(objects)
      .filter(({ object }) => object.spec.template.spec.enableServiceLinks !== false)
      .map(({ object }): Breach => ({
        object,
        path: 'spec.template.spec.enableServiceLinks',
        message: `is not false, so each Service adds variables such as PORTAL_PORT to the app's environment: set it`,
      })),
};
