import { createError, defineEventHandler } from 'h3';
import { hasTooManyParameters } from '../../../environment/parameters.ts';

/** Refuses a query that would take long to read, before anything reads it. */
export default defineEventHandler((event) => {
  if (hasTooManyParameters(event.node.req.url ?? '')) throw createError({ statusCode: 414 });
});
