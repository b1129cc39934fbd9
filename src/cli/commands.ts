// SPDX-License-Identifier: Apache-2.0

/** Commands as they are on the command line. What a command does is loaded when it runs, so that each pays for its own only. */
import { Command } from 'commander';
import type { BundleOptions } from './bundle/bundle.ts';
import type { CheckOptions } from './check/check.ts';
import { REPORT_FORMATS } from './check/check-formats.ts';
import { collect } from './collect.ts';
import { CONFIG_SECTIONS } from './config-sections.ts';
import { refusePath } from './excess-arguments.ts';
import type { ExplainOptions } from './explain/explain.ts';
import type { SelectionOptions } from './get/get-selection.ts';
import type { GetOptions } from './get/object-output.ts';
import type { Outcome } from './outcome.ts';
import type { OutputFormat } from './output-format.ts';
import type { ProxyConfigOptions } from './proxy-config.ts';
import {
  adminOption,
  clusterOptions,
  manifestsOption,
  outputOption,
  placeOptions,
  sourceOptions,
} from './shared-options.ts';
import type { StatusOptions } from './status/status.ts';
import type { Terminal } from './terminal.ts';
import { runVersion } from './version.ts';

/** `daemun check`. */
export function checkCommand(terminal: Terminal, outcome: Outcome): Command {
  return clusterOptions(new Command('check'))
    .description('say everything there is to say about manifests, or a cluster')
    .argument('[path...]', 'files and folders to check, "-" for stdin')
    .addOption(manifestsOption('another way to name a file or folder; may be given several times'))
    .option('--strict', 'fail for warnings, too', false)
    .addOption(outputOption(REPORT_FORMATS))
    .action(async (paths: string[], options: CheckOptions) => {
      const { runCheck } = await import('./check/check.ts');
      outcome.exitCode = await runCheck(paths, options, terminal);
    });
}

/** `daemun status`. */
export function statusCommand(terminal: Terminal, outcome: Outcome): Command {
  return adminOption(clusterOptions(new Command('status')))
    .description(
      'say how a running daemun is, or that of a cluster: what it serves, what is broken and since when, and what to do',
    )
    .option('-w, --watch', 'print it again when something has changed, until Ctrl-C')
    .addOption(outputOption())
    .action(async (options: StatusOptions) => {
      const { runStatus } = await import('./status/status.ts');
      outcome.exitCode = await runStatus(options, terminal);
    });
}

/** `daemun bundle`. */
export function bundleCommand(terminal: Terminal, outcome: Outcome): Command {
  return adminOption(clusterOptions(new Command('bundle')))
    .description('write what a running daemun, or that of a cluster, knows of itself into one file, without secrets')
    .option('--out <file>', 'the file to write (default: daemun-bundle-TIME.tar.gz)')
    .action(async (options: BundleOptions) => {
      const { runBundle } = await import('./bundle/bundle.ts');
      outcome.exitCode = await runBundle(options, terminal);
    });
}

/** `daemun get`. */
export function getCommand(terminal: Terminal, outcome: Outcome): Command {
  return selection(new Command('get').description('list objects with their statuses, as kubectl does'))
    .option('-w, --watch', 'go on printing what changes, until Ctrl-C')
    .option('--no-headers', 'tables without their first line')
    .option('--ignore-not-found', 'exit 0 when a name is not there')
    .addOption(outputOption(['name']))
    .action(async (kind: string, names: string[], options: GetOptions) => {
      refusePath(`${terminal.program} get`, kind);
      const { runGet } = await import('./get/get.ts');
      outcome.exitCode = await runGet({ kind, names }, options, terminal);
    });
}

/** `daemun describe`. */
export function describeCommand(terminal: Terminal, outcome: Outcome): Command {
  return selection(
    new Command('describe').description('show objects in full, with what there is to say about them'),
  ).action(async (kind: string, names: string[], options: SelectionOptions) => {
    refusePath(`${terminal.program} describe`, kind);
    const { runDescribe } = await import('./get/describe.ts');
    outcome.exitCode = await runDescribe({ kind, names }, options, terminal);
  });
}

/** `daemun explain`. */
export function explainCommand(terminal: Terminal, outcome: Outcome): Command {
  const command = new Command('explain')
    .description('say which rule takes a request, and why each other one does not; or who gets what comes to a port')
    .option('--grpc <method>', 'pkg.Service/Method')
    .option('--http <request>', "'GET /path'")
    .option('--tcp <port>', 'connections to this port, as it is bound')
    .option('--udp <port>', 'datagrams to this port, as it is bound')
    .option('--tls <host>', 'connections that ask for this server name (SNI)')
    .option('--port <port>', 'with --tls: only this port, as it is bound')
    .option('--host <host>', 'the :authority or Host that the client sends')
    .option('-H, --header <name: value>', 'request header or metadata; may be given several times', collect, [])
    .option('--client <address>', 'IP address of the peer, which the Gateway may trust (daemun.dev/trusted-proxies)')
    .option('--gateway <namespace/name>', 'only this Gateway')
    .option('--listener <name>', 'only this listener: its name, or ListenerSet/NAMESPACE/SET/NAME')
    .option('--to <service>', 'only the port of a Service: [NAMESPACE/]NAME[:PORT]')
    .option('--client-namespace <namespace>', 'where the client of a Service runs');
  return placeOptions(sourceOptions(command))
    .addOption(outputOption())
    .action(async (options: ExplainOptions) => {
      const { runExplain } = await import('./explain/explain.ts');
      outcome.exitCode = await runExplain(options, terminal);
    });
}

/** `daemun proxy-config`. */
export function proxyConfigCommand(terminal: Terminal, outcome: Outcome): Command {
  const command = new Command('proxy-config')
    .alias('pc')
    .description('show what the data plane holds')
    .argument('<section>', CONFIG_SECTIONS.join(', '));
  return placeOptions(sourceOptions(command))
    .addOption(outputOption())
    .action(async (section: string, options: ProxyConfigOptions) => {
      const { runProxyConfig } = await import('./proxy-config.ts');
      outcome.exitCode = await runProxyConfig(section, options, terminal);
    });
}

/** `daemun version`. */
export function versionCommand(terminal: Terminal, outcome: Outcome): Command {
  return new Command('version')
    .description('print versions')
    .addOption(outputOption())
    .action((options: { output: OutputFormat }) => {
      outcome.exitCode = runVersion(options, terminal);
    });
}

const DEFAULT_NAMESPACE = 'default';

/** Of `-n "$NS"` without an NS, as kubectl takes it; a namespace without a name has nothing. */
function namespaceOf(text: string): string {
  return text === '' ? DEFAULT_NAMESPACE : text;
}

function selection(command: Command): Command {
  const named = command
    .argument('<kind>', 'kind, plural or short name, several with commas, or all; or KIND/NAME')
    .argument('[name...]', 'names of that kind; or more of KIND/NAME');
  return sourceOptions(named)
    .option('-n, --namespace <namespace>', 'the namespace to look into', namespaceOf, DEFAULT_NAMESPACE)
    .option('-A, --all-namespaces', 'look into all namespaces')
    .option('-l, --selector <labels>', "only objects with these labels: a=b, a!=b, 'a in (b,c)', !a");
}
