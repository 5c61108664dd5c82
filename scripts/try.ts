import { readFolders } from '../fleet/build/sources.ts';
import { mutantsOf } from '../fleet/build/mutants.ts';
import { repositoryRoot } from '../fleet/root.ts';
import { openUnitTests } from './mutate/unit-tests.ts';
const m = (await mutantsOf(await readFolders(repositoryRoot))).filter((x) => new RegExp(process.argv[2]).test(x.file));
let t = performance.now();
await using u = await openUnitTests();
console.log('dry', performance.now() - t);
for (const x of m) { t = performance.now(); const o = await u.test(x); console.log(x.id, x.file, x.start.line, x.mutator, JSON.stringify(x.replacement.slice(0,60)), JSON.stringify(o)?.slice(0, 250), Math.round(performance.now() - t)); }
process.exit(0);
