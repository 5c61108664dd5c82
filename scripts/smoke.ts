// `npm run smoke`: is a deployed fleet what it should be? Looks from outside, and changes nothing.
import { accountIn, defaultBudget } from '../e2e/smoke/target.ts';
import { Visitor } from '../e2e/smoke/visitor.ts';
import { verbCommand } from './command.ts';
import { exitCodeOf } from './runner.ts';
import { requestList } from './smoke/help.ts';
import { aNumber, anOrigin } from './smoke/formats.ts';
import { targetFrom, type SmokeOptions } from './smoke/options.ts';
import { runSmoke } from './smoke/run.ts';
import { watch } from './smoke/watch.ts';
import { withWay } from './smoke/way.ts';
import { exit, runVerb } from './verb.ts';

const options = withWay(
  verbCommand('smoke')
    .description('Looks at a deployed fleet from outside. It writes nothing to it, and needs no secret.')
    .requiredOption('--url-operator <url>', 'such as https://operator.dezky.example', anOrigin)
    .requiredOption('--url-portal <url>', 'such as https://portal.dezky.example', anOrigin)
    .requiredOption('--url-auth <url>', 'Authentik, such as https://auth.dezky.example', anOrigin)
    .option('--sha <revision>', 'what x-revision of every pod must be; without it, the same on all')
    .option('--pods <n>', 'how many pods of each app must have answered', aNumber(1), 1)
    .option('--streak <n>', 'answers in a row that must agree', aNumber(1), 20)
    .option('--wait <seconds>', 'how long the pods may take to come to that revision', aNumber(0), 30)
    .option('--budget <seconds>', 'how long all checks together may take', aNumber(1), defaultBudget)
    .option('--authorize', 'follow a sign-in into Authentik, which then remembers an anonymous visit')
    .option('--watch', 'look every second until every pod is on --sha, or until Ctrl-C, and print a timeline')
    .option('--for <seconds>', 'end --watch after this long', aNumber(1)),
)
  .option('-g, --grep <pattern>', 'only checks whose title matches')
  .addHelpText('after', requestList())
  .parse()
  .opts<SmokeOptions>();

await runVerb(async () => {
  const target = targetFrom(options);
  accountIn(process.env);
  // Reads the --ca file, so that a wrong one is said at once.
  const visitor = new Visitor(target, { counted: false });
  // Ctrl-C is how a watch ends; its verdict counts all the same.
  if (options.watch) return await exit(await watch(visitor, options.for));
  return exitCodeOf(await runSmoke(target, options.reports, options.grep));
});
