// SPDX-License-Identifier: Apache-2.0

/** Everything that a rule of an HTTPRoute can say happens over each pair of versions, and `explain` says so. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createServer as createHttp1, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type ExplainedPlace, explain } from '../../match/index.ts';
import type { Snapshot } from '../../snapshot/index.ts';
import { type Asked, clientOf, forEachPair, type Seen, type Version } from './both-versions.test-support.ts';
import { listener, snapshot, TestGateway } from './gateway.test-support.ts';
import { entryOf, type Outcome, ROWS } from './rule-features.test-support.ts';

const HOST = 'shop.test';

/** Says what it saw; `/silent` is not answered, and of `/fails-once` every second one is. */
async function startEndpoint(version: Version, events: EventEmitter): Promise<{ port: number; close(): void }> {
  let failures = 0;
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { method = '', url = '', headers } = request;
    request.resume();
    const host = String(headers[':authority'] ?? headers['host']);
    const fields = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value?.toString()]));
    events.emit('seen', { method, target: url, host, fields } satisfies Seen);
    if (url.endsWith('/silent')) return;
    if (url.endsWith('/fails-once') && failures++ % 2 === 0) response.statusCode = 503;
    response.setHeader('x-secret', '1');
    response.setHeader('x-user', 'alice');
    response.end();
  };
  const server: Server =
    version === 'HTTP/1.1'
      ? createHttp1(answer)
      : createHttp2((request, response) => answer(request as never, response as never));
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', socket => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: (server.address() as AddressInfo).port, close };
}

forEachPair((clientVersion, serverVersion) => {
  describe('what a rule says', () => {
    const [main, other, auth] = [new EventEmitter(), new EventEmitter(), new EventEmitter()];
    const gateway = new TestGateway();
    const close: (() => void)[] = [() => gateway.close()];
    let published: Snapshot;
    let client: ReturnType<typeof clientOf>;

    before(async () => {
      const protocol = serverVersion === 'HTTP/1.1' ? 'h1' : 'h2';
      const [first, second, judge] = await Promise.all([
        startEndpoint(serverVersion, main),
        startEndpoint(serverVersion, other),
        startEndpoint('HTTP/1.1', auth),
      ]);
      const entries = [...ROWS].map(([name, row]) => entryOf(name, row));
      const parts = {
        listeners: [listener('all', [], { virtualHosts: [{ hostname: '*', entries }] })],
        clusters: { main: [first.port], other: [second.port], auth: [judge.port] },
        protocols: { main: protocol, other: protocol, auth: 'h1' },
      } as const;
      await gateway.apply(parts);
      published = snapshot(parts);
      client = clientOf(clientVersion, gateway.port);
      close.push(first.close, second.close, judge.close, () => client.close());
    });
    after(() => {
      for (const each of close) each();
    });

    function explained({ method = 'GET', host, path, fields: headers = {} }: Asked): ExplainedPlace {
      const where = { gateway: null, listener: null, client: null, clientNamespace: null, to: null };
      const [place] = explain(published, { protocol: 'http', method, host, path, headers, ...where }).places;
      assert.ok(place !== undefined);
      return place;
    }

    async function outcomeOf(asked: Asked, isCopied: boolean): Promise<Outcome> {
      let seen: Seen | null = null;
      const counts = { copies: 0, questions: 0 };
      main.on('seen', one => (seen = one));
      other.on('seen', () => counts.copies++);
      auth.on('seen', () => counts.questions++);
      const copied = isCopied ? once(other, 'seen') : null;
      const answered = await client.ask(asked);
      await copied;
      for (const events of [main, other, auth]) events.removeAllListeners();
      return { ...answered, ...counts, seen, explained: explained(asked) };
    }

    for (const [name, row] of ROWS) {
      it(`happens, and is explained: ${name}`, async () => {
        const asked = { host: HOST, path: `/${name}`, ...row.ask };
        const outcome = await outcomeOf(asked, name === 'mirror');
        row.check(outcome);
        const { filters, answer } = outcome.explained;
        assert.match([...filters, answer.text].join('\n'), row.says ?? /^forwarded to main/);
        if (answer.kind === 'refused') assert.equal(outcome.status, answer.httpStatus);
        for (const changed of row.others ?? []) {
          const left = await outcomeOf({ ...asked, ...changed }, false);
          assert.deepEqual(
            [left.status, left.explained.answer.httpStatus, left.seen],
            [404, 404, null],
            JSON.stringify(changed),
          );
        }
      });
    }
  });
});
