// SPDX-License-Identifier: Apache-2.0

/** What `run` tells its user to try works when it is pasted, for every example. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { request as requestHttps } from 'node:https';
import { connect, type Socket } from 'node:net';
import { join, relative } from 'node:path';
import { after, describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { parseArgs } from 'node:util';
import { runProgram } from '../src/cli/program.ts';
import { recordingTerminal } from '../src/cli/recording-terminal.test-support.ts';
import { startTable } from '../src/cli/run/start-table.ts';
import { until } from '../src/time/until.test-support.ts';
import { runExample } from './running-example.test-support.ts';

/** Folders with manifests. */
const EXAMPLES = [
  ...new Set(
    readdirSync(import.meta.dirname, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && entry.name.endsWith('.yaml'))
      .map(entry => relative(import.meta.dirname, entry.parentPath)),
  ),
].sort();

/** Those whose routes let reflection and a method of the demo services through; the others have nothing to try. */
const WITH_A_LINE = [
  'backend-tls',
  'documents/000-grpc-routing',
  'documents/004-tcp-and-grpc',
  'grpc-methods',
  'header-routing',
  'http-routing',
  'listener-set',
  'cluster',
  'quickstart',
  'reflection',
  'timeouts-and-retries',
];

/** Those with a UDP listener. */
const WITH_DATAGRAMS = ['udp-dns'];
/** Those with a TCP listener, and with one of TLS that passes streams on. */
const WITH_STREAMS = ['documents/004-tcp-and-grpc', 'tcp'];
const WITH_TLS_STREAMS = ['tls-routes'];

/** Those whose backend the reader starts: there is a line, and here nobody to answer. */
const WITHOUT_A_BACKEND = ['x-backend'];

/** Those whose manifest waits 100 ms for an answer: a machine without an idle core does not keep that each time. */
const WITH_A_SHORT_TIMEOUT = ['fast-clients'];

/** Those without an HTTPRoute that is answered: gRPC, mesh, or fragments that name no parent. */
const WITHOUT_A_REQUEST = [
  'canary',
  'documents/000-grpc-routing',
  'documents/002-grpcroute-guide',
  'documents/003-service-mesh',
  'documents/004-tcp-and-grpc',
  'grpc-methods',
  'header-routing',
  'listener-set',
  'mesh',
  'cluster',
  'quickstart',
  'reflection',
  'shared-gateway',
  'specification/http-rewrites',
  'specification/traffic-splitting',
  'tcp',
  'tls-routes',
  'udp-dns',
];

describe('the command that run tells to try', async () => {
  for (const name of EXAMPLES) {
    const example = await runExample(join(import.meta.dirname, name));
    after(() => example.close());
    const table = startTable(example.gateway, {
      terminal: recordingTerminal(),
      tookMs: 0,
      source: { kind: 'files', paths: [name] },
    });
    const [, words] = /^ +daemun (call .*)$/m.exec(table) ?? [];

    it(`${WITH_A_LINE.includes(name) ? 'works' : 'is left out'} for ${name}`, async () => {
      assert.equal(words !== undefined, WITH_A_LINE.includes(name), table);
      if (words === undefined) return;
      const args = wordsOf(words);
      const terminal = recordingTerminal();
      assert.equal(await runProgram(args, terminal), 0, terminal.stderr());
      const [, grpcurl = ''] = /^ +grpcurl (.*)$/m.exec(table) ?? [];
      assert.deepEqual(sorted(grpcurl), sorted(words.replace('call ', '')), 'the same flags in other clothes');
    });

    const isLeftOut = WITHOUT_A_REQUEST.includes(name);
    it(`${isLeftOut ? 'is left out' : 'works'} for ${name} with curl`, async () => {
      const [, curl] = /^ +curl (.*)$/m.exec(table) ?? [];
      assert.equal(curl === undefined, isLeftOut, table);
      const expected = WITHOUT_A_BACKEND.includes(name) ? /^503$/ : /^[23]/;
      if (curl === undefined) return;
      const status = async () => String(await statusOf(wordsOf(curl)));
      if (WITH_A_SHORT_TIMEOUT.includes(name)) await until(async () => expected.test(await status()));
      else assert.match(await status(), expected, curl);
    });

    const hasDatagrams = WITH_DATAGRAMS.includes(name);
    it(`${hasDatagrams ? 'works' : 'is left out'} for ${name} with nc`, async () => {
      const [, text, address, port] = /^ +echo (\w+) \| nc -u -w 1 (\S+) (\d+)$/m.exec(table) ?? [];
      assert.equal(address !== undefined, hasDatagrams, table);
      if (address === undefined || text === undefined) return;
      const client = createSocket('udp4');
      client.send(`${text}\n`, Number(port), address);
      const [answer] = await once(client, 'message');
      client.close();
      assert.match(String(answer), /: hello\n$/);
    });

    const hasStreams = WITH_STREAMS.includes(name);
    it(`${hasStreams ? 'works' : 'is left out'} for ${name} with nc over TCP`, async () => {
      const [, text, address, port] = /^ +echo (\w+) \| nc -w 1 (\S+) (\d+)$/m.exec(table) ?? [];
      assert.equal(address !== undefined, hasStreams, table);
      if (address !== undefined) await assertEchoed(connect(Number(port), address), `${text}\n`);
    });

    const hasTls = WITH_TLS_STREAMS.includes(name);
    it(`${hasTls ? 'works' : 'is left out'} for ${name} with openssl`, async () => {
      const [, address, port, servername = ''] = / -connect (\S+):(\d+) -servername (\S+)$/m.exec(table) ?? [];
      assert.equal(address !== undefined, hasTls, table);
      if (address === undefined) return;
      const host = { host: address, port: Number(port), servername, rejectUnauthorized: false };
      await assertEchoed(connectTls(host), 'hello\n');
    });
  }
});

async function assertEchoed(client: Socket, text: string): Promise<void> {
  client.write(text);
  const [answer] = await once(client, 'data');
  client.destroy();
  assert.ok(String(answer).endsWith(`: ${text}`), String(answer));
}

/** The words of a command, without the shell's quotes. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

/** Does what curl does with these words. */
async function statusOf(words: readonly string[]): Promise<number | undefined> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      header: { type: 'string', short: 'H', multiple: true, default: [] },
      request: { type: 'string', short: 'X', default: 'GET' },
      cacert: { type: 'string' },
      resolve: { type: 'string' },
    },
  });
  const url = new URL(positionals[0] ?? '');
  const headers = Object.fromEntries(values.header.map(line => line.split(': ')));
  const [, , resolved = url.hostname] = values.resolve?.split(':') ?? [];
  const options = { host: resolved, port: url.port, path: url.pathname + url.search, headers, method: values.request };
  const ca = values.cacert === undefined ? undefined : await readFile(values.cacert);
  return new Promise((resolve, reject) => {
    const onResponse = (response: IncomingMessage): void => {
      response.resume();
      response.once('end', () => resolve(response.statusCode));
    };
    const sent =
      url.protocol === 'https:'
        ? requestHttps(
            { ...options, headers: { host: url.host, ...headers }, servername: url.hostname, ca },
            onResponse,
          )
        : request(options, onResponse);
    sent.once('error', reject).end();
  });
}

/** The words of a command, whatever the number of dashes; grpcurl gives the message with -d. */
function sorted(words: string): string[] {
  return words
    .split(' ')
    .map(word => word.replace(/^--?/, ''))
    .filter(word => word !== 'd')
    .sort();
}
