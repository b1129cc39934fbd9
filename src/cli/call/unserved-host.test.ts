// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Metadata, Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import { GRPC } from '../../proxy/faces/index.ts';
import { runProgram } from '../program.ts';
import { recordingTerminal } from '../recording-terminal.test-support.ts';

/** What the gateway answers to every method, reflection included. */
const ANSWERS: Readonly<Record<string, readonly [reason: string, message: string]>> = {
  'unserved.test': ['no_route_for_host', 'no route matches /x on host unserved.test: no route is for this host'],
  'nobody.test': ['no_listener', 'no listener takes host nobody.test (/x)'],
  'served.test': ['no_route', 'no route matches /x on host served.test'],
  'evil.test': ['', '\u001b[2J\u202edetails\nerror: all is well'],
};

/** The details that a gateway sends with it. */
function detailsOf(reason: string, message: string): Metadata {
  const fields = GRPC.say({
    httpStatus: 404,
    grpcStatus: 12,
    message,
    body: null,
    headers: [],
    reason,
    httpOnly: false,
  }).fields;
  const metadata = new Metadata();
  const details = fields?.[fields.indexOf('grpc-status-details-bin') + 1] ?? '';
  metadata.set('grpc-status-details-bin', Buffer.from(details, 'base64'));
  return metadata;
}

describe('call, of a gateway that takes nothing', () => {
  const server = new Server();
  let address = '';
  before(async () => {
    const refuse = (call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>): void => {
      const [reason, details] = ANSWERS[call.getHost().replace(/:\d+$/, '')] ?? ['', ''];
      done({ code: status.UNIMPLEMENTED, details, metadata: detailsOf(reason, details) });
    };
    const asIs = (bytes: Buffer): Buffer => bytes;
    const shape = {
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    };
    const paths = ['v1', 'v1alpha'].map(version => `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`);
    const methods = paths.map((path, at) => [
      `m${at}`,
      { path, requestStream: false, responseStream: false, ...shape },
    ]);
    server.addService(Object.fromEntries(methods), { m0: refuse, m1: refuse });
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      ),
    );
    address = `127.0.0.1:${port}`;
  });
  after(() => server.forceShutdown());

  async function call(authority: string): Promise<string> {
    const terminal = recordingTerminal();
    const args = ['call', '--plaintext', '--authority', authority, address, 'api.Echo/Echo', '{}'];
    assert.equal(await runProgram(args, terminal), 1);
    return terminal.stderr();
  }

  for (const host of ['unserved.test', 'nobody.test']) {
    it(`tells the wrong :authority ${host} from missing reflection`, async () => {
      const err = await call(host);
      assert.match(err, /^error: the types are not known, because the host is not served: no /);
      assert.match(
        err,
        new RegExp(`\\nNothing is served for :authority ${host}: name the host of a route with --authority`),
      );
    });
  }

  it('tells missing reflection from the wrong :authority', async () => {
    const err = await call('served.test');
    assert.match(err, /^error: the types are not known, because reflection is not available: no route matches/);
    assert.match(err, /\nName the \.proto file with --proto, or add a rule for grpc\.reflection/);
  });

  it('lets no message of a server act on the terminal', async () => {
    const err = await call('evil.test');
    assert.equal(/[\p{Cc}\u202e]/u.test(err.replaceAll('\n', '')), false);
    assert.doesNotMatch(err, /^error: all is well/m);
  });
});
