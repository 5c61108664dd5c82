import { developmentUrls } from '../development-urls.ts';

// `{{NAME}}` in the configuration stays as it is when the variable is not set, so each gets its fallback here.
for (const [name, url] of Object.entries(developmentUrls)) process.env[name] ??= url;
