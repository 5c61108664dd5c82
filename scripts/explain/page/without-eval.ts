// Imported first: the policy of the page allows no `new Function`, which zod would try.
import { config } from 'zod/mini';

config({ jitless: true });
