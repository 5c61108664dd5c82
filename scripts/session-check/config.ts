// What a configuration imports: nothing else is loaded with it, also not as CommonJS.
import type { SessionCheckConfig } from './settings.ts';

export type { SessionCheckConfig };

export const defineConfig = (config: SessionCheckConfig): SessionCheckConfig => config;
