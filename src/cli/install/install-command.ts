// SPDX-License-Identifier: Apache-2.0

import { Command, InvalidArgumentError } from 'commander';
import type { Outcome } from '../outcome.ts';
import type { Terminal } from '../terminal.ts';
import type { InstallOptions } from './install-options.ts';

/** `daemun install`: the manifests of daemun for a cluster, printed or applied. */
export function installCommand(terminal: Terminal, outcome: Outcome): Command {
  return new Command('install')
    .description('print what a cluster needs to run daemun, or apply it')
    .option('-n, --namespace <name>', 'the namespace that it runs in, which is made', 'daemun-system')
    .option(
      '--image <image>',
      'the image, with its tag or digest (default: localhost/daemun:VERSION, of npm run image)',
    )
    .option('--replicas <n>', 'how many processes (default: 2)', parseReplicas)
    .option('--class <name>', 'name of the GatewayClass; "none" for none', 'daemun')
    .option('--controller-name <name>', 'the controllerName that it answers to', 'daemun.dev/gateway-controller')
    .option('--mesh', 'also an agent on each node, for routes whose parent is a Service', false)
    .option('--apply', 'apply it to the cluster, by server-side apply', false)
    .option('--dry-run', 'with --apply: say what would change, and change nothing', false)
    .option('--force', 'with --apply: take over fields that somebody else has set', false)
    .option(
      '--wait [duration]',
      'with --apply: until all of it serves, at most so long (default: 3m); says what is stuck',
    )
    .option('--kubeconfig <file>', 'how to reach the cluster (default: as of run --kubernetes)')
    .option('--context <name>', "context of the kubeconfig (default: the file's current one)")
    .action(async (options: InstallOptions) => {
      const { runInstall } = await import('./install.ts');
      outcome.exitCode = await runInstall(options, terminal);
    });
}

function parseReplicas(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a whole number, 1 to 9999, is needed.');
}
