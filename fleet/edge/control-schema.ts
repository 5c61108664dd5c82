import { z } from 'zod';
import type { Endpoint, Pin, Route } from './row.ts';

const name = z.string().min(1);
const path = z.string().startsWith('/');

export const routes: z.ZodType<Route[]> = z.array(
  z.strictObject({
    host: name,
    path,
    entryPoint: z.enum(['web', 'websecure']),
    service: name,
    redirectToHttps: z.boolean().exactOptional(),
    sticky: z.boolean().exactOptional(),
  }),
);

export const endpoints: z.ZodType<Endpoint[]> = z.array(
  z.strictObject({
    pod: name,
    host: name,
    port: z.int().min(1).max(65_535),
    outside: z.enum(['http', 'https']).exactOptional(),
  }),
);

export const pins: z.ZodType<Pin[]> = z.array(z.strictObject({ service: name, path: path.exactOptional(), pod: name }));

export const ledgerQuery: z.ZodType<{ after: number; client?: string }> = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  client: name.exactOptional(),
});
