import { test } from '../fixtures/index.ts';
import { checkedAppVariable, readCheckedApp, webAppOf } from './checked-app.ts';
import { claims } from './claims.ts';

const webApp = webAppOf(readCheckedApp(process.env[checkedAppVariable] ?? ''));

test.use({ webApp, needs: ['authentik-control'] });

for (const [name, { prove }] of Object.entries(claims)) test(name, prove(webApp));
