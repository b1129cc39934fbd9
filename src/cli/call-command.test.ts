// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { startDemoBackends } from '../demo/index.ts';
import { VirtualClock } from '../proxy/virtual-clock.test-support.ts';
import { readCallFlags } from './call/call-options.ts';
import { runCall } from './call/run-call.ts';
import { callCommand } from './call-command.ts';
import { recordingTerminal } from './recording-terminal.test-support.ts';

const backends = await startDemoBackends([
  { namespace: 'default', name: 'echo', ports: [50051], datagramPorts: [], deployments: [] },
]);
const [endpoint] = backends.endpoints;
assert.ok(endpoint);
const address = `http://127.0.0.1:${endpoint.port}`;
const folder = await mkdtemp(join(tmpdir(), 'daemun-call-'));
after(async () => {
  await backends.close();
  await rm(folder, { recursive: true });
});

const PROTO = `syntax = "proto3";
package shop.v1;
import "google/protobuf/timestamp.proto";
import "kinds/kind.proto";
service Shop { rpc Buy(Order) returns (stream kinds.Kind); }
message Order {
  google.protobuf.Timestamp placed_at = 1;
  map<string, int64> counts = 2;
  oneof payment { string card = 3; bytes coin = 4; }
  optional int32 floor = 5;
  kinds.Kind.Size size = 6;
  repeated Line lines = 7;
  message Line { string name = 1; }
}
`;

async function run(
  args: readonly string[],
  input = '',
  terminal: ReturnType<typeof recordingTerminal> = recordingTerminal(input),
): Promise<string> {
  await callCommand(terminal)
    .exitOverride()
    .parseAsync([address, ...args], { from: 'user' });
  return terminal.stdout();
}

describe('daemun call', () => {
  it('prints the answer as JSON, with types from reflection', async () => {
    assert.deepEqual(JSON.parse(await run(['api.Reverse/Reverse', '{"content":"reverse"}'])), { content: 'esrever' });
  });

  it('refuses what cannot be sent, and says which flag it is', async () => {
    const wrong: [string[], RegExp][] = [
      [['--authority', ''], /^--authority "": not a host/],
      [['--authority', 'a b'], /^--authority "a b": not a host/],
      [['--authority', 'a\u0001'], /^--authority "a\\u0001": not a host/],
      [['-H', 'a-bin: zz!'], /^-H "a-bin: zz!": values of names in -bin are base64/],
    ];
    for (const [flags, message] of wrong) {
      await assert.rejects(run(['api.Echo/Echo', '{}', ...flags]), { message });
    }
    await run(['api.Echo/Echo', '{}', '-H', 'a-bin: -_8', '-H', 'b-bin: AA==', '--authority', 'a.example:80']);
  });

  it('prints what grpcurl -v prints', async () => {
    const metadata = ['-H', 'x-grpc-test-echo-initial: yes', '-H', 'x-grpc-test-echo-trailing-bin: AAEC'];
    const out = await run(['api.Echo/Echo', '-d', '{"content":"a"}', '-v', ...metadata]);
    const steady = out.replace(/date: .*\n/, '').replace(/hostname: .*\n/, '');
    assert.equal(
      steady,
      `
Resolved method descriptor:
rpc Echo ( .api.EchoRequest ) returns ( .api.EchoResponse );

Request metadata to send:
x-grpc-test-echo-initial: yes
x-grpc-test-echo-trailing-bin: AAEC

Response headers received:
content-type: application/grpc
x-grpc-test-echo-initial: yes

Response contents:
{
  "content": "a"
}

Response trailers received:
x-grpc-test-echo-trailing-bin: AAEC
Sent 1 request and received 1 response
`,
    );
    assert.match(out, /hostname: echo-/);
  });

  it('streams JSON values from stdin, a file and the command line', async () => {
    const two = '{"content":"a"}\n{"content":"}b{"}';
    assert.deepEqual(JSON.parse(await run(['api.Echo/ClientStream', '@'], two)), { content: 'a}b{' });
    const file = join(folder, 'request.json');
    await writeFile(file, two);
    assert.deepEqual(JSON.parse(await run(['api.Echo/ClientStream', `@${file}`])), { content: 'a}b{' });
    assert.equal((await run(['api.Echo/BidiStream', two])).match(/"content"/g)?.length, 2);
  });

  it('takes types from .proto files and what they import', async () => {
    await mkdir(join(folder, 'kinds'));
    await writeFile(join(folder, 'shop.proto'), PROTO);
    await writeFile(
      join(folder, 'kinds', 'kind.proto'),
      'syntax = "proto3"; package kinds; message Kind { enum Size { SMALL = 0; LARGE = 1; } Size size = 1; }',
    );
    const order = {
      placedAt: '2026-01-01T00:00:00Z',
      counts: { a: '5' },
      card: '1',
      floor: 0,
      size: 'LARGE',
      lines: [{ name: 'x' }],
    };
    const proto = ['--proto', 'shop.proto', '--import-path', folder];
    assert.deepEqual(JSON.parse(await run(['shop.v1.Shop/Buy', JSON.stringify(order), ...proto])), { size: 'SMALL' });
    assert.equal(
      await run(['shop.v1.Order', '--describe', ...proto]),
      `shop.v1.Order is a message:
message Order {
  .google.protobuf.Timestamp placed_at = 1;
  map<string, int64> counts = 2;
  oneof payment {
    string card = 3;
    bytes coin = 4;
  }
  optional int32 floor = 5;
  .kinds.Kind.Size size = 6;
  repeated .shop.v1.Order.Line lines = 7;
}
`,
    );
    assert.equal(await run(['shop.v1.Shop', '--list', ...proto]), 'shop.v1.Shop.Buy\n');
  });

  it('lists and describes through reflection', async () => {
    assert.match(await run(['--list']), /^api\.Echo\napi\.Reverse\ngrpc\.health\.v1\.Health\n/);
    assert.match(await run(['--describe']), /api\.Reverse is a service:\nservice Reverse \{\n {2}rpc Reverse /);
  });

  it('fails with the name of the status, the message of the server and exit code 1', async () => {
    await assert.rejects(run(['api.Echo/Echo', '{"content":"no such user","status":5}']), {
      exitCode: 1,
      message: 'NotFound (5): no such user',
    });
    await assert.rejects(run(['api.Echo/Echo', '{"delay_ms":60000}', '--max-time', '0.1']), {
      exitCode: 1,
      message: /^DeadlineExceeded \(4\)/,
    });
  });

  it('names the methods and services that there are', async () => {
    await assert.rejects(run(['api.Echo/Nope']), { hint: /^Methods: Echo, ServerStream/ });
    await assert.rejects(run(['api.Nope/Echo']), { hint: /^Services: api\.Echo, api\.Reverse/ });
  });

  it('tells a wrong request from a wrong command line by its message, both with exit code 2', async () => {
    await assert.rejects(run(['api.Echo/Echo', '{"cont":1}']), { exitCode: 2, message: /api\.EchoRequest.*"cont"/ });
    await assert.rejects(run(['api.Echo/Echo', '{"cont']), { exitCode: 2, message: /not JSON/ });
    await assert.rejects(run(['nothing']), { exitCode: 2, message: /not a method/ });
    await assert.rejects(run(['api.Echo/Echo', '--cacert', 'x']), { exitCode: 2, message: /cleartext/ });
  });

  it('says in plain words which file it cannot use, with exit code 3', async () => {
    await assert.rejects(run(['api.Echo/Echo', '@nothere']), {
      exitCode: 3,
      message: 'the request @nothere cannot be read: there is no such file or folder',
    });
    await assert.rejects(run(['api.Echo/Echo', `@${folder}`]), {
      message: /cannot be read: it is a folder, not a file$/,
    });
    await assert.rejects(run(['api.Echo/Echo', '--proto', folder]), {
      message: /^--proto .*: it is a folder, not a file$/,
    });
    const empty = join(folder, 'empty.pem');
    await writeFile(empty, '');
    const secure = [`https://127.0.0.1:${endpoint?.port}`, 'api.Echo/Echo'];
    await assert.rejects(
      callCommand(recordingTerminal()).parseAsync([...secure, '--cacert', empty], { from: 'user' }),
      {
        exitCode: 3,
        message: `--cacert ${empty}: no certificate is in it`,
      },
    );
  });

  it('says what was sent, which is nothing where the request is wrong', async () => {
    const terminal = recordingTerminal();
    await assert.rejects(run(['api.Echo/Echo', '{"cont":1}', '-v'], '', terminal), { exitCode: 2 });
    assert.equal(terminal.stdout(), '');
    assert.match(await run(['api.Echo/Echo', '-v']), /\nSent 1 request and received 1 response\n$/);
  });

  it('reads no request without end', async () => {
    await assert.rejects(run(['api.Echo/Echo', '@/dev/zero']), {
      exitCode: 3,
      message: 'the request @/dev/zero has more than 64 MiB, and is not read',
    });
  });

  it('gives up on who takes a connection and says nothing', async t => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    t.after(() => silent.close());
    const { port } = silent.address() as AddressInfo;
    const clock = new VirtualClock();
    const args = { address: `http://127.0.0.1:${port}`, method: 'api.Echo/Echo', json: undefined };
    const called = assert.rejects(runCall(recordingTerminal(), args, { ...readCallFlags({}), clock }), {
      exitCode: 3,
      message: `no connection to 127.0.0.1:${port} within 10 s`,
    });
    const [socket] = (await once(silent, 'connection')) as [Socket];
    clock.advance(10_000);
    await called;
    socket.destroy();
  });

  it('says why there is no connection, with exit code 3', async () => {
    const terminal = recordingTerminal();
    const secure = [`127.0.0.1:${endpoint.port}`, 'api.Echo/Echo'];
    await assert.rejects(callCommand(terminal).parseAsync(secure, { from: 'user' }), {
      exitCode: 3,
      message: /wrong version number$/,
      hint: 'The port speaks cleartext: use --plaintext or http://.',
    });
  });
});
