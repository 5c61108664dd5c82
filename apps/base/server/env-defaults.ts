import { developmentUrls } from '../development-urls.ts';

// Nuxt leaves `{{NAME}}` in the configuration when the variable is not set, so each one gets its fallback here.
for (const [name, url] of Object.entries(developmentUrls)) process.env[name] ??= url;
