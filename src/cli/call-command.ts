// SPDX-License-Identifier: Apache-2.0

import { Command, InvalidArgumentError } from 'commander';
import { type CallFlags, readCallFlags } from './call/call-options.ts';
import type { Terminal } from './terminal.ts';

/** `daemun call`: a small grpcurl. It asks the server's reflection service for the types, or reads `.proto` files. */
export function callCommand(terminal: Terminal): Command {
  return new Command('call')
    .description('call a gRPC method with JSON, as grpcurl does')
    .argument('<address>', 'host:port, http://host:port (cleartext) or https://host:port')
    .argument('[method]', 'package.Service/Method; with --list or --describe a service or a type')
    .argument('[json]', 'the request; several JSON values make a stream; @FILE reads a file, @- stdin')
    .option('-H, --header <name: value>', 'request metadata; base64 for names that end in -bin', collect)
    .option('-d, --data <json>', 'the request, as with grpcurl')
    .option('--plaintext', 'no TLS')
    .option('--cacert <file>', 'trust the certificates of this PEM file')
    .option('--insecure', 'do not check the certificate')
    .option('--authority <name>', 'the :authority to send, and the name that the certificate must have')
    .option('--proto <file>', 'take the types from a .proto file; may be given several times', collect)
    .option('--import-path <dir>', 'where --proto files and their imports are', collect)
    .option('--max-time <seconds>', 'deadline of the call', parseSeconds)
    .option('-v, --verbose', 'print the method, headers and trailers too')
    .option('--list', 'list the services, or the methods of a service')
    .option('--describe', 'describe the services, or one service, method or type')
    .action(async (address: string, method: string | undefined, json: string | undefined, flags: CallFlags) => {
      const { runCall } = await import('./call/run-call.ts');
      await runCall(terminal, { address, method, json: json ?? flags.data }, readCallFlags(flags));
    });
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function parseSeconds(value: string): number {
  const seconds = Number(value.replace(/s$/, ''));
  if (seconds > 0 && seconds <= 86_400) return seconds;
  throw new InvalidArgumentError('a number of seconds above 0 is needed.');
}
