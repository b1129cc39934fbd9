// SPDX-License-Identifier: Apache-2.0

/** Endpoints that say who they are, in TLS to who speaks it, and clients that say what became of them: `MODE NAME`, `http STATUS` or `reset`. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import type { TestGateway } from '../../src/proxy/http/gateway.test-support.ts';
import { Peer } from '../../src/proxy/udp/udp.test-support.ts';
import type { Certificate } from '../../src/snapshot/index.ts';
import { until } from '../../src/time/until.test-support.ts';

/** The subject of the certificate of gateways; endpoints have another. */
export const OWN_SUBJECT = 'gateway';
const FIRST_BYTE_OF_TLS = 0x16;
const DROPS = 'daemun_udp_dropped_datagrams_total';

/** A server on a port of its own. */
export async function startEndpoint(name: string, { chain, key }: Certificate): Promise<Server> {
  const context = createSecureContext({ cert: chain, key });
  const server = createServer(socket => answer(socket, name, context));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function answer(socket: Socket, name: string, secureContext: SecureContext): void {
  socket.on('error', () => {});
  socket.once('data', first => {
    if ((first as Buffer)[0] !== FIRST_BYTE_OF_TLS) {
      socket.end(name);
      return;
    }
    socket.pause();
    socket.unshift(first);
    const inner = new TLSSocket(socket, { isServer: true, secureContext });
    inner.on('error', () => {});
    inner.once('data', () => inner.end(name));
  });
}

export async function askTcp(host: string, port: number): Promise<string> {
  const socket = connect({ host, port });
  return outcomeOf(socket, async () => `plain ${await exchange(socket, 'x.org')}`);
}

/** Who ends the TLS is told by the certificate that is shown. */
export async function askTls(host: string, port: number, servername: string): Promise<string> {
  const socket = connectTls({ host, port, servername, rejectUnauthorized: false });
  return outcomeOf(socket, async () => {
    await once(socket, 'secureConnect');
    const mode = socket.getPeerCertificate().subject['CN'] === OWN_SUBJECT ? 'plain' : 'tls';
    const text = await exchange(socket, servername || 'nobody');
    return text.startsWith('HTTP/') ? `http ${text.slice(9, 12)}` : `${mode} ${text}`;
  });
}

/** From a socket of its own, for that is a session of its own. */
export async function askUdp(gateway: TestGateway, host: string, port: number): Promise<string> {
  const dropped = gateway.metric(DROPS);
  const client = await Peer.open();
  client.send('x', port, host);
  await until(() => client.received.length > 0 || gateway.metric(DROPS) > dropped);
  const [got] = client.received;
  await client.close();
  return got === undefined ? 'reset' : `plain ${got.text.replace(/:x$/, '')}`;
}

async function outcomeOf(socket: Socket, ask: () => Promise<string>): Promise<string> {
  try {
    return await ask();
  } catch {
    return 'reset';
  } finally {
    socket.destroy();
  }
}

/** What comes for a request, all of it or the head of an answer of HTTP; throws when nothing does. */
async function exchange(socket: Socket, host: string): Promise<string> {
  let text = '';
  socket.setEncoding('latin1');
  socket.on('data', chunk => {
    text += chunk;
    if (text.startsWith('HTTP/')) socket.end();
  });
  socket.write(`GET / HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
  await Promise.race([once(socket, 'end'), once(socket, 'close')]);
  if (text === '') throw new Error('nothing came');
  return text;
}
