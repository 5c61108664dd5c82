import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Change, SourceChange } from '../../fleet/manifests/change.ts';
import { applyChanges } from '../../fleet/manifests/changes.ts';
import { deployerName } from '../../fleet/rules/deployer.ts';
import { idOf, type KubeObject } from '../../fleet/manifests/objects.ts';
import { render } from '../../fleet/manifests/render.ts';
import { runProgram, type Ended } from '../../fleet/programs.ts';
import { replaceOnce } from '../../fleet/build/sources.ts';
import { gitIn } from '../../fleet/release/testing.ts';
import { repositoryRoot } from '../../fleet/root.ts';

const shipped = 'fleet/apps';
const everything = 'everything.yaml';

/**
 * A git checkout of this repository in its current state, for the release of a fleet. It applies the objects that the
 * fleet was started from, including regressions.
 */
export class ReleaseCheckout implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'checkout-'));
  readonly #objects: readonly KubeObject[];

  private constructor(objects: readonly KubeObject[]) {
    this.#objects = objects;
  }

  /** @param manifests the objects that the fleet was started from. @param changes to the code that releases. */
  static async of(manifests: readonly KubeObject[], changes: readonly SourceChange[]): Promise<ReleaseCheckout> {
    const applied = new Set((await render(join(repositoryRoot, shipped))).map(idOf));
    using undo = new DisposableStack();
    const checkout = undo.use(new ReleaseCheckout(manifests.filter((object) => applied.has(idOf(object)))));
    checkout.#fill();
    for (const change of changes) checkout.#change(change);
    undo.move();
    return checkout;
  }

  /** Commits the manifests with a change. @returns the commit's SHA. */
  commit(message: string, ...changes: Change[]): string {
    const folder = join(this.#folder, shipped);
    writeFileSync(
      join(folder, everything),
      applyChanges(this.#objects, changes)
        .map((object) => stringify(object))
        .join('---\n'),
    );
    writeFileSync(
      join(folder, 'kustomization.yaml'),
      stringify({
        apiVersion: 'kustomize.config.k8s.io/v1beta1',
        kind: 'Kustomization',
        namespace: 'dezky',
        resources: [everything],
      }),
    );
    gitIn(this.#folder, 'add', '--all');
    gitIn(this.#folder, 'commit', '--quiet', '--message', message);
    return gitIn(this.#folder, 'rev-parse', 'HEAD');
  }

  /** Runs the deploy job's own script, like a CI runner: with these variables and none of this process. */
  deployJob(
    env: Record<string, string>,
    args: readonly string[],
    started: (pid: number) => Promise<void>,
  ): Promise<Ended> {
    return this.#run(['sh', 'scripts/deploy-job.sh', ...args], env, started);
  }

  /** Runs `npm run deploy` in the checkout, like a person with this kubeconfig. */
  deploy(kubeconfig: string, args: readonly string[], started: (pid: number) => Promise<void>): Promise<Ended> {
    const file = join(this.#folder, '.git/kubeconfig');
    writeFileSync(file, kubeconfig, { mode: 0o600 });
    const command = ['npm', 'run', '--silent', 'deploy', '--', '--context', deployerName, ...args];
    return this.#run(command, { KUBECONFIG: file }, started);
  }

  #run(
    [program = '', ...args]: readonly string[],
    env: Record<string, string>,
    onStart: (pid: number) => Promise<void>,
  ): Promise<Ended> {
    const { PATH = '', HOME = '' } = process.env;
    return runProgram(program, args, {
      cwd: this.#folder,
      env: { PATH, HOME, TMPDIR: tmpdir(), ...env },
      detached: true,
      onStart,
    });
  }

  #fill(): void {
    const files = gitIn(repositoryRoot, 'ls-files', '--cached', '--others', '--exclude-standard', '-z');
    // A file that is deleted but not committed is still listed.
    for (const file of files.split('\0').filter((name) => name && existsSync(join(repositoryRoot, name)))) {
      cpSync(join(repositoryRoot, file), join(this.#folder, file), { recursive: true });
    }
    symlinkSync(join(repositoryRoot, 'node_modules'), join(this.#folder, 'node_modules'));
    gitIn(this.#folder, 'init', '--quiet');
    writeFileSync(join(this.#folder, '.git/info/exclude'), 'node_modules\n');
  }

  #change(change: SourceChange): void {
    const file = join(this.#folder, change.file);
    if ('remove' in change) rmSync(file);
    else writeFileSync(file, replaceOnce(readFileSync(file, 'utf8'), change));
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
