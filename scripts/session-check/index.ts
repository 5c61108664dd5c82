// What specs and configurations of other projects import.
import type { SessionCheckConfig } from './settings.ts';

export { expect } from '../../e2e/matchers/index.ts';
export { test } from '../../e2e/fixtures/index.ts';
export { twoPods } from '../../e2e/claims/two-pods.ts';
export type { SessionCheckConfig };

export const defineConfig = (config: SessionCheckConfig): SessionCheckConfig => config;
