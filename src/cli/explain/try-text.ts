// SPDX-License-Identifier: Apache-2.0
import { isIPv6 } from 'node:net';
import type { RunningGateway, TryCall, TryPlace, TryRequest, TryStream } from '../../controller/index.ts';
import { socketAddress } from '../../values/index.ts';
import type { Paint } from '../paint.ts';
import { shellWord } from '../shell-word.ts';
import { shortPath } from '../short-path.ts';
import type { Terminal } from '../terminal.ts';

/** Commands that work as they stand; '' when there is nothing that is known to work. */
export function tryText(
  gateway: Pick<RunningGateway, 'tryCall' | 'tryRequest' | 'tryStreams' | 'caFile'>,
  terminal: Terminal,
  paint: Paint,
): string {
  const call = gateway.tryCall();
  const request = gateway.tryRequest();
  const caFor = (place: TryPlace): string | null => (place.isTrusted ? gateway.caFile : null);
  const commands: string[] = [];
  if (call !== undefined) {
    commands.push(ownCommand(call, caFor(call), terminal.program), grpcurlCommand(call, caFor(call)));
  }
  if (request !== undefined) commands.push(curlCommand(request, caFor(request)));
  commands.push(...gateway.tryStreams().map(streamCommand));
  if (commands.length === 0) return '';
  return [`${paint('bold', 'Try')}\n`, ...commands.map(command => `  ${command}\n`)].join('');
}

/** Says a line and waits a second for the answer. */
function streamCommand({ transport, address, port, serverName }: TryStream): string {
  switch (transport) {
    case 'tcp':
      return `echo hello | nc -w 1 ${address} ${port}`;
    case 'udp':
      return `echo hello | nc -u -w 1 ${address} ${port}`;
    case 'tls': {
      const to = `-connect ${socketAddress(address, port)} -servername ${shellWord(serverName)}`;
      return `(echo hello; sleep 1) | openssl s_client -quiet -no_ign_eof ${to}`;
    }
  }
}

function ownCommand(call: TryCall, ca: string | null, program: string): string {
  const words = [program, 'call', ...connectionFlags(call, ca, '--')];
  if (call.authority !== '') words.push('--authority', call.authority);
  words.push(...call.headers.flatMap(header => ['-H', shellWord(header)]));
  words.push(addressOf(call), call.method, shellWord(call.message));
  return words.join(' ');
}

function grpcurlCommand(call: TryCall, ca: string | null): string {
  const words = ['grpcurl', ...connectionFlags(call, ca, '-')];
  if (call.authority !== '') words.push('-authority', call.authority);
  words.push(...call.headers.flatMap(header => ['-H', shellWord(header)]));
  words.push('-d', shellWord(call.message), addressOf(call), call.method);
  return words.join(' ');
}

function curlCommand(request: TryRequest, ca: string | null): string {
  const { authority, address, port, isTls, method, path } = request;
  const words = ['curl'];
  if (method !== 'GET') words.push(method === 'HEAD' ? '--head' : `-X ${method}`);
  if (isTls) words.push(...(ca === null ? ['--insecure'] : ['--cacert', shellWord(shortPath(ca))]));
  const host = authority === '' ? address : authority;
  const isNamed = isTls && authority !== '';
  if (isNamed) words.push('--resolve', shellWord(`${host}:${port}:${isIPv6(address) ? `[${address}]` : address}`));
  else if (authority !== '') words.push('-H', shellWord(`Host: ${authority}`));
  words.push(...request.headers.flatMap(header => ['-H', shellWord(header)]));
  words.push(shellWord(`${isTls ? 'https' : 'http'}://${isNamed ? `${host}:${port}` : addressOf(request)}${path}`));
  return words.join(' ');
}

function connectionFlags(call: TryCall, ca: string | null, dashes: '-' | '--'): string[] {
  if (!call.isTls) return [`${dashes}plaintext`];
  return ca === null ? [`${dashes}insecure`] : [`${dashes}cacert`, shellWord(shortPath(ca))];
}

function addressOf({ address, port }: TryPlace): string {
  return socketAddress(address, port);
}
