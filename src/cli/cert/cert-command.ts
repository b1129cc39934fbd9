// SPDX-License-Identifier: Apache-2.0

import { Command, InvalidArgumentError } from 'commander';
import { usageError } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';
import type { CaOptions } from './cert-authority-files.ts';
import type { IssueOptions } from './cert-issue.ts';

/** Of a leaf; browsers and operating systems refuse server certificates above 825 days. */
const LEAF_DAYS = 365;
const AUTHORITY_DAYS = 3650;

/** `daemun cert`: development certificates as files or as Secrets. Never contacts anybody. */
export function certCommand(terminal: Terminal): Command {
  const command = new Command('cert').description('make development certificates, as files or as Secrets');
  command.addCommand(authorityCommand(terminal));
  command.addCommand(issueCommand(terminal));
  return command;
}

function authorityCommand(terminal: Terminal): Command {
  return new Command('ca')
    .description('show the development CA (made on first use), or make another one with --out')
    .option('--state-dir <dir>', 'where the development CA is kept (default: XDG state home, daemun)')
    .option('--out <dir>', 'write a new CA to DIR/ca.crt and DIR/ca.key instead')
    .option('--name <text>', 'common name of the new CA', 'daemun development CA')
    .option('--days <n>', 'days that the new CA is valid', parseDays, AUTHORITY_DAYS)
    .option('--force', 'overwrite files')
    .action(async (options: CaOptions, command: Command) => {
      if (options.out === undefined) refuseWithoutOut(command);
      const { showOrMakeAuthority } = await import('./cert-authority-files.ts');
      await showOrMakeAuthority(terminal, options);
    });
}

/** They are about a CA that is made; the development CA stays as it is. */
function refuseWithoutOut(command: Command): void {
  const given = ['name', 'days', 'force'].filter(flag => command.getOptionValueSource(flag) === 'cli');
  if (given.length > 0) throw usageError(`--${given[0]} is for a new CA`, 'Leave it out, or add --out DIR');
}

function issueCommand(terminal: Terminal): Command {
  return new Command('issue')
    .description('issue a certificate, signed by the development CA unless told otherwise')
    .option('--host <name>', 'DNS name, wildcard or IP address; may be given several times', collect)
    .option('--out <dir>', 'write DIR/tls.crt and DIR/tls.key', '.')
    .option('--secret <namespace/name>', 'print a kubernetes.io/tls Secret instead')
    .option('--self-signed', 'sign the certificate with its own key')
    .option('--ca <file>', 'PEM certificate of the CA that signs')
    .option('--ca-key <file>', 'PEM private key of that CA')
    .option('--days <n>', 'days that the certificate is valid', parseDays, LEAF_DAYS)
    .option('--state-dir <dir>', 'where the development CA is kept (default: XDG state home, daemun)')
    .option('--force', 'overwrite files')
    .action(async (options: IssueOptions) => {
      const { issueFor } = await import('./cert-issue.ts');
      await issueFor(terminal, options);
    });
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function parseDays(value: string): number {
  const days = Number(value);
  if (Number.isInteger(days) && days >= 1 && days <= 36_500) return days;
  throw new InvalidArgumentError('a whole number of days, 1 to 36500, is needed.');
}
