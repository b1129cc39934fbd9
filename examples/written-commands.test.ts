// SPDX-License-Identifier: Apache-2.0

/** What the READMEs of the examples, and that of the product, tell to type beside `daemun run` works when it is pasted. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { runProgram } from '../src/cli/program.ts';
import { recordingTerminal } from '../src/cli/recording-terminal.test-support.ts';
import { type RunningExample, startExample } from './running-example.test-support.ts';

const ROOT = join(import.meta.dirname, '..');

/** README → the example that it starts. */
const PAGES: ReadonlyMap<string, string> = new Map([
  ['README.md', 'quickstart'],
  ...readdirSync(import.meta.dirname)
    .filter(name => existsSync(join(import.meta.dirname, name, 'README.md')))
    .map((name): [string, string] => [`examples/${name}/README.md`, name]),
]);

/** Those whose page is about no running gateway of files. */
const NOT_RUN = ['cluster', 'documents', 'specification'];

/** By a beginning of the command: it ends otherwise than with 0, and its page says so. */
const OTHER_EXITS: ReadonlyMap<string, number> = new Map([
  ['check -f examples/shared-gateway', 1],
  ['check -f examples/documents/002-grpcroute-guide', 1],
  ['check examples/documents', 1],
  ["explain --http 'OPTIONS /account' --host api.example.com -H 'origin: https://evil.test'", 1],
  ['call https://127.0.0.1:8443 --list --insecure', 1],
]);

/** Commands that ask a running daemun. */
const ASKING = ['get', 'describe', 'explain', 'proxy-config', 'status'];

describe('what is written to be typed', async () => {
  for (const [page, example] of PAGES) {
    const commands = commandsOf(readFileSync(join(ROOT, page), 'utf8'));
    if (commands.length === 0) continue;
    const running = NOT_RUN.includes(example)
      ? null
      : await startExample([join('examples', example)], { admin: { host: '127.0.0.1', port: 0 } });
    after(() => running?.close());
    for (const command of commands) {
      it(`works in ${page}: ${command}`, async () => {
        const terminal = recordingTerminal();
        const words = running === null ? wordsOf(command) : wordsFor(running, command);
        const [, expected = 0] = [...OTHER_EXITS].find(([start]) => command.startsWith(start)) ?? [];
        const exit = await runProgram(words, terminal);
        assert.equal(exit, expected, `${words.join(' ')}\n${terminal.stderr()}${terminal.stdout()}`);
      });
    }
  }

  it('is found in the pages', () => {
    const all = [...PAGES.keys()].flatMap(page => commandsOf(readFileSync(join(ROOT, page), 'utf8')));
    for (const command of ['call', 'explain', 'check', 'get', 'describe'])
      assert.ok(all.filter(words => words.startsWith(command)).length > 1, command);
  });
});

/** The commands of a page's blocks of code that need nothing but a running example, without `daemun`. */
function commandsOf(page: string): readonly string[] {
  const joined = page.replaceAll(/ \\\n\s*/g, ' ');
  const lines = [
    ...joined.matchAll(/^ *(?:bin\/)?daemun ((?:call|check|get|describe|explain|proxy-config|status) .*)$/gm),
  ];
  return lines
    .map(([, command = '']) => command.replace(/\s+#.*$/, '').trim())
    .filter(command => !command.includes('$ADDRESS'));
}

/** The words of a command, without the shell's quotes. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, ...found]) => found.find(one => one !== undefined) ?? '',
  );
}

/** The same for an example whose ports, admin address and development CA are others than those of its page. */
function wordsFor({ gateway }: RunningExample, command: string): string[] {
  const words = wordsOf(command).map(word =>
    word
      .replace(/^\$\(bin\/daemun cert ca.*\)$/, gateway.caFile ?? '')
      .replace(/(127\.\d+\.\d+\.\d+):(\d+)$/, (_, address: string, port: string) => boundAt(gateway, address, port)),
  );
  const at = words.findIndex(word => word === '--tcp' || word === '--udp') + 1;
  const port = words[at];
  if (at > 0 && port !== undefined) words[at] = boundAt(gateway, '', port).replace(/^.*:/, '');
  if (ASKING.includes(words[0] ?? '') && !words.includes('-f')) words.push('--admin', gateway.adminAddress ?? '');
  return words;
}

/** Where a port of a Service, or of a listener, is bound in truth. */
function boundAt(gateway: RunningExample['gateway'], address: string, written: string): string {
  const frontends = gateway.frontends().filter(({ service }) => service.endsWith(`:${written}`));
  const listeners = gateway.gateways().flatMap(one => one.listeners);
  const bound =
    frontends.find(one => one.bound.address === address)?.bound ??
    // Pages are for users who may not bind ports below 1024.
    listeners.find(({ writtenPort: port, bound: to }) => to !== null && [port, port + 8_000].includes(Number(written)))
      ?.bound;
  assert.ok(bound, `nothing is bound for ${address}:${written}`);
  return `${bound.address}:${bound.port}`;
}
