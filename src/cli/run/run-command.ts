// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import { collect } from '../collect.ts';
import { DEFAULT_ADMIN } from '../default-admin.ts';
import type { Outcome } from '../outcome.ts';
import type { Terminal } from '../terminal.ts';
import type { RunOptions } from './run-options.ts';

/** `daemun run`. */
export function runCommand(terminal: Terminal, outcome: Outcome): Command {
  return new Command('run')
    .description('run a gateway from manifests, which are watched, or from a cluster (--kubernetes)')
    .option('-f, --filename <path>', 'file or folder of manifests; may be given several times', collect)
    .option('--kubernetes', 'follow a cluster instead of manifests', false)
    .option(
      '--kubeconfig <file>',
      "how to reach the cluster (default: the Pod's service account, KUBECONFIG, ~/.kube/config)",
    )
    .option('--context <name>', "context of the kubeconfig (default: the file's current one)")
    .option(
      '--address-mode <mode>',
      "how a cluster's Gateways get addresses: service, a Service each; host, those of --address-pool (default: service, with a pool host)",
    )
    .option('--address-pool <cidr>', "addresses of this machine for a cluster's Gateways, one each")
    .option('--pod-ip <addresses>', 'where Services of Gateways reach this process (default: POD_IPS, POD_IP)')
    .option(
      '--pods-service <namespace/name>',
      'the headless Service of all Pods of daemun, which Services of Gateways lead to (default: to this one)',
    )
    .option('--mesh', "serve ports of Services for this node's Pods: routes whose parent is a Service", false)
    .option('--node-ip <addresses>', 'addresses of the node, for --mesh (default: NODE_IPS, NODE_IP)')
    .option(
      '--node-name <name>',
      'the node of this process: whose Pods are clients of --mesh, and near which endpoints are (default: NODE_NAME)',
    )
    .option('--zone <name>', 'the zone of this process (default: NODE_ZONE, else as endpoints on its node say)')
    .option('--mesh-ports <first-last>', 'ports of the node that --mesh may use (default: 20000-29999)')
    .option(
      '--lease-namespace <name>',
      'where the Lease is that says which of several processes writes statuses (default: POD_NAMESPACE, daemun-system, default)',
    )
    .option('--no-leader-election', 'write statuses whatever other processes do: for the only one')
    .option('--settle <duration>', 'how long objects that are missing from a file being written are served on', '5s')
    .option('--demo', 'start demo backends for Services without endpoints, mint missing certificates', false)
    .option('--address <ip>', 'one address for all Gateways (default: 127.0.0.1, 127.0.0.2, …, one each)')
    .option(
      '--admin <host:port>',
      'where health, metrics and the other commands are answered; "off" for none',
      DEFAULT_ADMIN,
    )
    .option('--admin-guarded', 'a firewall or NetworkPolicy guards the admin address: no warning about it')
    .option(
      '--client-namespace <cidr=namespace>',
      'whose namespace clients of Services in manifests are of; several times',
      collect,
    )
    .option(
      '--mesh-address-pool <cidr>',
      'ClusterIPs of Services in manifests that this machine has; several times',
      collect,
    )
    .option('--workers <n>', 'threads of the data plane (default: CPUs available); 0: the main thread')
    .option('--access-log <target>', 'stdout, off or a file', 'off')
    .option('--log-level <level>', 'debug, info, warn, error or silent', 'info')
    .option('--log-format <format>', 'json or pretty (default: pretty on a terminal)')
    .option('--log-file <path>', 'append the log to a file (default: stderr)')
    .option(
      '--controller-name <name>',
      'take only GatewayClasses with this controllerName (default: all; with --kubernetes daemun.dev/gateway-controller)',
    )
    .option(
      '--state-dir <dir>',
      'where --demo keeps its CA, and the keys of session tokens are (default: XDG state home, daemun)',
    )
    .option('--drain-timeout <duration>', 'how long requests may take to end at the end', '30s')
    .option(
      '--drain-delay <duration>',
      'how long only health checks fail at the end, before anything else changes',
      '0s',
    )
    .option('--no-server-header', 'no "server: daemun" in responses')
    .option('--via', '"via: VERSION daemun" in requests to endpoints and in their responses')
    .option('--no-upstream-service-time', 'no "x-envoy-upstream-service-time" in responses')
    .action(async (options: RunOptions) => {
      const { runGateway } = await import('./run.ts');
      outcome.exitCode = await runGateway(options, terminal);
    });
}
