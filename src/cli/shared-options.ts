// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from 'commander';
import { collect } from './collect.ts';
import { DEFAULT_ADMIN } from './default-admin.ts';
import { OUTPUT_FORMATS } from './output-format.ts';

/** `-f`, `--admin` and `--kubernetes`: what a command reads. */
export function sourceOptions(command: Command): Command {
  return adminOption(
    clusterOptions(command).addOption(
      manifestsOption('read manifests instead of asking a running daemun, "-" for stdin'),
    ),
  );
}

/** `--admin`: which process is asked. */
export function adminOption(command: Command): Command {
  return command.option('--admin <host:port>', 'admin address of the running daemun', DEFAULT_ADMIN);
}

/** `--kubernetes`, and where the cluster is. */
export function clusterOptions(command: Command): Command {
  return command
    .option('--kubernetes', 'read a cluster once instead; --kubeconfig and --context say so, too')
    .option('--kubeconfig <file>', 'how to reach the cluster (default: as of run --kubernetes)')
    .option('--context <name>', "context of the kubeconfig (default: the file's current one)")
    .option('--controller-name <name>', 'whose GatewayClasses of the cluster (default: daemun.dev/gateway-controller)');
}

/** Where the process would run that is asked about. */
export function placeOptions(command: Command): Command {
  return command
    .option('--node-name <name>', 'as seen from this node: near endpoints, internalTrafficPolicy: Local')
    .option('--zone <name>', 'as seen from this zone (default: as endpoints on the node say)');
}

/** `-f`, which may be given several times. */
export function manifestsOption(about: string): Option {
  return new Option('-f, --filename <path>', about).argParser(collect);
}

/** `-o`; `more`: formats that this command has beside the common ones. */
export function outputOption(more: readonly string[] = []): Option {
  return new Option('-o, --output <format>', 'how to print').choices([...OUTPUT_FORMATS, ...more]).default('table');
}
