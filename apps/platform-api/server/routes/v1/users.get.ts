import { defineEventHandler, getQuery, getRequestHeader } from 'h3';
import { api } from '../../service.ts';

export default defineEventHandler((event) => api.users(getRequestHeader(event, 'authorization'), getQuery(event)));
