import { defineEventHandler } from 'h3';
import { api } from '../../service.ts';

export default defineEventHandler(() => api.ready());
