import { createApi, type Api } from '../src/api.ts';
import { ConfigError, readConfig, type Config } from '../src/config.ts';

/** Exits with one sentence when the environment is wrong: a pod that never becomes Ready is noticed in its rollout. */
const configOrExit = (): Config => {
  try {
    return readConfig(process.env);
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    console.error(cause.message);
    process.exit(1);
  }
};

export const config: Config = configOrExit();
export const api: Api = createApi(config, fetch);
