import { CannotRunHere, HarnessError } from '../../errors.ts';

/**
 * Messages of Docker, its plugins, its runtime and k3s when privileged containers are not allowed or lack privileges.
 */
const noPrivilege: readonly RegExp[] = [
  /operation not permitted/i,
  /permission denied/i,
  /privileged mode is incompatible with user namespaces/i,
  /is the container privileged\?/i,
  /authorization denied by plugin/i,
];

/** Number of the node's last lines to print and to search for the reason. k3s prints its failure there. */
const toldLines = 3;

/**
 * The error for a node that did not start, with advice.
 * @param output lines that the node has written, oldest first; empty when it never ran.
 */
export function nodeFailure(reference: string, cause: Error, output: readonly string[]): HarnessError {
  const last = output.slice(-toldLines);
  const reason = [cause.message, ...last].join('\n  ');
  if (noPrivilege.some((pattern) => pattern.test(reason))) {
    return new CannotRunHere(
      `The k3s node (${reference}) may not run here: ${reason}\nIt is a privileged container; use a Docker that may ` +
        'start one (not a rootless one, nor one with user namespaces), and check with: docker run --rm --privileged <any image> true',
      { cause },
    );
  }
  return new HarnessError(`The k3s node (${reference}) did not start: ${reason}\nSee: docker ps -a`, { cause });
}
