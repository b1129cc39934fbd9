// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from 'commander';
import { DEFAULT_ADMIN } from './admin-client.ts';
import { type CheckOptions, runCheck } from './check.ts';
import { collect } from './collect.ts';
import { runDescribe } from './describe.ts';
import { type ExplainOptions, runExplain } from './explain.ts';
import { type GetOptions, runGet } from './get.ts';
import type { SelectionOptions } from './get-selection.ts';
import type { Outcome } from './outcome.ts';
import { OUTPUT_FORMATS, type OutputFormat } from './output-format.ts';
import { CONFIG_SECTIONS, type ProxyConfigOptions, runProxyConfig } from './proxy-config.ts';
import type { Terminal } from './terminal.ts';
import { runVersion } from './version.ts';

/** `daemun check`. */
export function checkCommand(terminal: Terminal, outcome: Outcome): Command {
  return new Command('check')
    .description('say everything there is to say about manifests')
    .addOption(manifests('file or folder to check, "-" for stdin; may be given several times'))
    .addOption(output())
    .action(async (options: CheckOptions) => {
      outcome.exitCode = await runCheck(options, terminal);
    });
}

/** `daemun get`. */
export function getCommand(terminal: Terminal, outcome: Outcome): Command {
  return selection(new Command('get').description('list objects with their statuses, as kubectl does'))
    .addOption(output())
    .action(async (kind: string, names: string[], options: GetOptions) => {
      outcome.exitCode = await runGet({ kind, names }, options, terminal);
    });
}

/** `daemun describe`. */
export function describeCommand(terminal: Terminal, outcome: Outcome): Command {
  return selection(
    new Command('describe').description('show objects in full, with what there is to say about them'),
  ).action(async (kind: string, names: string[], options: SelectionOptions) => {
    outcome.exitCode = await runDescribe({ kind, names }, options, terminal);
  });
}

/** `daemun explain`. */
export function explainCommand(terminal: Terminal, outcome: Outcome): Command {
  const command = new Command('explain')
    .description('say which rule takes a request, and why each other one does not')
    .option('--grpc <method>', 'pkg.Service/Method')
    .option('--http <request>', "'GET /path'")
    .option('--host <host>', 'the :authority or Host that the client sends')
    .option('-H, --header <name: value>', 'request header or metadata; may be given several times', collect, [])
    .option('--gateway <namespace/name>', 'only this Gateway')
    .option('--listener <name>', 'only this listener')
    .option('--client-namespace <namespace>', 'where the client runs; matters for mesh only');
  return source(command)
    .addOption(output())
    .action(async (options: ExplainOptions) => {
      outcome.exitCode = await runExplain(options, terminal);
    });
}

/** `daemun proxy-config`. */
export function proxyConfigCommand(terminal: Terminal, outcome: Outcome): Command {
  const command = new Command('proxy-config')
    .alias('pc')
    .description('show what the data plane holds')
    .argument('<section>', CONFIG_SECTIONS.join(', '));
  return source(command)
    .addOption(output())
    .action(async (section: string, options: ProxyConfigOptions) => {
      outcome.exitCode = await runProxyConfig(section, options, terminal);
    });
}

/** `daemun version`. */
export function versionCommand(terminal: Terminal, outcome: Outcome): Command {
  return new Command('version')
    .description('print versions')
    .addOption(output())
    .action((options: { output: OutputFormat }) => {
      outcome.exitCode = runVersion(options, terminal);
    });
}

function selection(command: Command): Command {
  return source(
    command.argument('<kind>', 'kind, plural, short name, KIND/NAME, a comma list, or all').argument('[name...]'),
  )
    .option('-n, --namespace <namespace>', 'the namespace to look into', 'default')
    .option('-A, --all-namespaces', 'look into all namespaces');
}

function source(command: Command): Command {
  return command
    .addOption(manifests('read manifests instead of asking a running daemun, "-" for stdin'))
    .option('--admin <host:port>', 'admin address of the running daemun', DEFAULT_ADMIN);
}

function manifests(about: string): Option {
  return new Option('-f, --filename <path>', about).argParser(collect);
}

function output(): Option {
  return new Option('-o, --output <format>', 'how to print').choices([...OUTPUT_FORMATS]).default('table');
}
