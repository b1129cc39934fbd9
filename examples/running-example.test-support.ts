// SPDX-License-Identifier: Apache-2.0

/** Starts an example on free ports with `--demo`, and calls it as a user would: with the `daemun call` command. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callCommand } from '../src/cli/call-command.ts';
import { recordingTerminal } from '../src/cli/recording-terminal.test-support.ts';
import { type RunningGateway, type StandaloneOptions, startStandalone } from '../src/controller/index.ts';

/** What a call came to. */
export interface Answer {
  /** The response messages, as JSON. */
  readonly messages: readonly unknown[];
  /** Response headers and trailers in one; the last of equal names. */
  readonly metadata: ReadonlyMap<string, string>;
}

export interface Call {
  /** `gateway/listener`. */
  readonly listener: string;
  /** `package.Service/Method`. */
  readonly method: string;
  /** Sent as the request; default `{}`. */
  readonly message?: object;
  readonly authority?: string;
  readonly headers?: readonly string[];
  /** A `.proto` file for services that the demo backends cannot describe. */
  readonly proto?: string;
}

export interface RunningExample {
  readonly gateway: RunningGateway;
  /** Rejects with the CommandFailure of `daemun call`. */
  call(call: Call): Promise<Answer>;
  /** `host:port` of a listener, `gateway/listener`. */
  address(listener: string): string;
  close(): Promise<void>;
}

/** Starts the manifests of `paths`, files or folders. The caller closes it. */
export function runExample(...paths: readonly string[]): Promise<RunningExample> {
  return startExample(paths, {});
}

/** The same with more options. */
export async function startExample(
  paths: readonly string[],
  options: Partial<StandaloneOptions>,
): Promise<RunningExample> {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'daemun-example-'));
  const own = { demo: true, ports: 'ephemeral', stateDirectory, drainTimeoutMs: 0 } as const;
  const gateway = await startStandalone({ paths, ...own, ...options });
  const find = (name: string): { address: string; isTls: boolean } => findListener(gateway, name);
  return {
    gateway,
    address: name => find(name).address,
    call: async call => {
      const { address, isTls } = find(call.listener);
      const terminal = recordingTerminal();
      const args = [`${isTls ? 'https' : 'http'}://${address}`, call.method, JSON.stringify(call.message ?? {}), '-v'];
      if (isTls && gateway.caFile !== null) args.push('--cacert', gateway.caFile);
      if (call.authority !== undefined) args.push('--authority', call.authority);
      if (call.proto !== undefined) args.push('--proto', call.proto);
      for (const header of call.headers ?? []) args.push('-H', header);
      await callCommand(terminal).exitOverride().parseAsync(args, { from: 'user' });
      return parseAnswer(terminal.stdout());
    },
    close: async () => {
      await gateway.stop();
      await rm(stateDirectory, { recursive: true, force: true });
    },
  };
}

function findListener(gateway: RunningGateway, name: string): { address: string; isTls: boolean } {
  const summaries = gateway.gateways();
  for (const summary of summaries) {
    for (const listener of summary.listeners) {
      if (`${summary.name}/${listener.name}` !== name || listener.bound === null) continue;
      return { address: `${listener.bound.address}:${listener.bound.port}`, isTls: listener.isTls };
    }
  }
  throw new Error(`no listener ${name} is bound: ${JSON.stringify(summaries)}`);
}

/** Reads what `daemun call -v` prints. */
function parseAnswer(output: string): Answer {
  const sections = output.split('\nResponse ');
  const metadata = sections
    .filter(section => section.startsWith('headers') || section.startsWith('trailers'))
    .flatMap(section => [...section.matchAll(/^([\w-]+): (.*)$/gm)])
    .map((line): [string, string] => [line[1] ?? '', line[2] ?? '']);
  const messages = sections
    .filter(section => section.startsWith('contents:'))
    .map((section): unknown => JSON.parse(section.slice('contents:'.length)));
  return { messages, metadata: new Map(metadata) };
}

/** The Deployment that a pod's name tells: the name without hash and id. */
export function workloadOf(answer: Answer): string {
  return (answer.metadata.get('hostname') ?? '').split('-').slice(0, -2).join('-');
}
