import { defineEventHandler, getQuery, getRequestHeader } from 'h3';
import { api } from '../../service.ts';

export default defineEventHandler((event) => api.tenants(getRequestHeader(event, 'authorization'), getQuery(event)));
