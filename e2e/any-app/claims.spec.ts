import { doesNotApply } from '../claims/claim.ts';
import { claims } from './claims.ts';
import { checkedApp, webAppOf } from './checked-app.ts';
import { test } from './test.ts';

const app = checkedApp();
const webApp = await webAppOf(app);

for (const [name, { prove, needsMock }] of Object.entries(claims)) {
  const why =
    needsMock && app.provider && `it needs ${needsMock}, which the mock provider alone gives: leave out "provider"`;
  test(name, why ? () => doesNotApply(why) : prove(webApp));
}
