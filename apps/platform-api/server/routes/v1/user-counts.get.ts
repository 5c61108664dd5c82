import { defineEventHandler, getRequestHeader } from 'h3';
import { api } from '../../service.ts';

export default defineEventHandler((event) => api.userCounts(getRequestHeader(event, 'authorization')));
