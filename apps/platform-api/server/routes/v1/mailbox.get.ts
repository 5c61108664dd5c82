import { defineEventHandler, getRequestHeader } from 'h3';
import { api } from '../../service.ts';

export default defineEventHandler((event) => api.mailbox(getRequestHeader(event, 'authorization')));
