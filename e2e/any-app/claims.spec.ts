import { test } from '../fixtures/index.ts';
import { claims } from './claims.ts';
import { checkedApp, webAppOf } from './checked-app.ts';

const webApp = webAppOf(checkedApp());

for (const [name, { prove }] of Object.entries(claims)) test(name, prove(webApp));
