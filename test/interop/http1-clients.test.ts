// SPDX-License-Identifier: Apache-2.0

/** Clients that speak HTTP/1.1 in their own ways, with an HTTP/1.1 server behind the gateway that echoes. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request as ask, createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { backend, listener, rule, TestGateway } from '../../src/proxy/http/gateway.test-support.ts';

const run = promisify(execFile);
const BODY = randomBytes(1_000_000);
const PATH = '/test.Shapes/Echo';
const PROGRAMS = join(import.meta.dirname, 'http1');

const PYTHON = `
import http.client, sys
connection = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]))
body = open(sys.argv[2], 'rb').read()
for sent in (b'', b'x', body, iter([body[:7], body[7:]])):
    whole = sent if isinstance(sent, bytes) else body
    connection.request('POST', '${PATH}', sent, {'content-type': 'application/grpc'}, encode_chunked=not isinstance(sent, bytes))
    response = connection.getresponse()
    assert response.status == 200 and response.read() == whole
print('good')
`;

function missing(command: string, argument: string): string | false {
  return spawnSync(command, [argument]).error === undefined ? false : `${command} is not installed`;
}

describe('HTTP/1.1 clients', () => {
  const gateway = new TestGateway();
  const folder = mkdtempSync(join(tmpdir(), 'daemun-clients-'));
  const file = join(folder, 'body');
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/octet-stream');
    request.pipe(response);
  });

  before(async () => {
    writeFileSync(file, BODY);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await gateway.apply({
      listeners: [listener('all', [rule('all', [backend('main')])])],
      clusters: { main: [(server.address() as AddressInfo).port] },
      clusterChanges: { protocol: 'h1' },
    });
  });

  after(() => {
    gateway.close();
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  });

  const url = (): string => `http://127.0.0.1:${gateway.port}${PATH}`;

  it('undici: many at a time, of known and of unknown length', async () => {
    const headers = { 'content-type': 'application/grpc' };
    const asked = Array.from({ length: 20 }, async (_, index) => {
      const body = index % 2 === 0 ? BODY : new Blob([BODY]).stream();
      const response = await fetch(url(), { method: 'POST', headers, body, duplex: 'half' });
      assert.deepEqual([response.status, Buffer.from(await response.arrayBuffer()).equals(BODY)], [200, true]);
    });
    await Promise.all(asked);
  });

  const ways: readonly (readonly string[])[] = [
    ['--http1.1'],
    ['--http1.1', '-H', 'transfer-encoding: chunked'],
    ['--http1.0'],
    ['--http1.1', '-H', 'expect: 100-continue'],
    ['--http2'],
  ];
  for (const options of ways) {
    it(`curl ${options.join(' ')}`, { skip: missing('curl', '--version') }, async () => {
      const common = [
        '-s',
        '-f',
        '-H',
        'content-type: application/grpc',
        '--data-binary',
        `@${file}`,
        '--max-time',
        '20',
      ];
      // Twice: the second one on the same connection, where it is kept.
      const { stdout } = await run('curl', [...options, ...common, url(), url()], {
        encoding: 'buffer',
        maxBuffer: 8_000_000,
      });
      assert.equal(stdout.equals(Buffer.concat([BODY, BODY])), true);
    });
  }

  it('node:http: one kept connection, many requests', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const before = gateway.metric('daemun_downstream_connections_total');
    const asked = Array.from({ length: 200 }, async (_, index) => {
      const sent = BODY.subarray(0, index % 2 === 0 ? index : 100_000);
      const headers = { 'content-type': 'application/grpc' };
      const request = ask(url(), { method: 'POST', agent, headers });
      request.end(sent);
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      assert.deepEqual([response.statusCode, (await buffer(response)).equals(sent)], [200, true]);
    });
    await Promise.all(asked);
    agent.destroy();
    assert.equal(gateway.metric('daemun_downstream_connections_total') - before, 1);
  });

  it('Go net/http', { skip: missing('go', 'version') }, async () => {
    const { stdout } = await run('go', ['run', join(PROGRAMS, 'client.go'), url(), file], { timeout: 100_000 });
    assert.equal(stdout, 'good\n');
  });

  it('Java java.net.http', { skip: missing('javac', '--version') }, async () => {
    const { stdout } = await run('java', [join(PROGRAMS, 'Client.java'), url(), file], { timeout: 60_000 });
    assert.equal(stdout, 'good\n');
  });

  it('Python http.client', { skip: missing('python3', '--version') }, async () => {
    const { stdout } = await run('python3', ['-c', PYTHON, String(gateway.port), file], { timeout: 60_000 });
    assert.equal(stdout, 'good\n');
  });
});
