import type { SourceChange } from '../../fleet/manifests/change.ts';
import { layerApp } from '../layer-app.ts';

/** Of this app. A function, because `E2E_APP` may name none. */
export const nextBuildApp = () => layerApp('operator');
/** Its tests need that build. */
export const nextBuildSpec = 'rollout/two-builds.spec.ts';
/** A class of the heading of every page of that build. */
export const nextBuildMark = 'next-build';
/** A build that differs from the current one for browser and server, and is marked in the heading of every page. */
export const nextBuild: SourceChange = {
  file: 'apps/base/app/components/PageHeading.vue',
  find: '<header>',
  replace: `<header class="${nextBuildMark}">`,
};
