// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { echoManifests } from '../manifests.test-support.ts';
import { runProgram } from '../program.ts';
import { recordingTerminal } from '../recording-terminal.test-support.ts';

async function explain(manifests: string, ...args: string[]): Promise<{ code: number; out: string }> {
  const terminal = recordingTerminal(manifests);
  const code = await runProgram(['explain', '-f', '-', ...args], terminal);
  return { code, out: terminal.stdout() };
}

const ECHO = echoManifests(8080);
const WITHOUT_REFLECTION = ECHO.replace(/ {4}- matches: .*Reflection.*\n.*\n/, '');
const TWO_HEADERS = ECHO.replace(
  '{ method: { service: api.Echo } }',
  '{ headers: [{ name: probe, value: healthz }, { name: x-envoy-livenessprobe, value: healthz }] }',
);

describe('explain, of a request that nothing takes', () => {
  it('says that the host is the mistake, and which one may be meant', async () => {
    const near = await explain(ECHO, '--grpc', 'api.Echo/Echo', '--host', 'ehco.example.com');
    assert.equal(near.code, 1);
    assert.match(near.out, /^Answer .*: no route is for this host$/m);
    assert.match(near.out, /^hint: No route is for host ehco\.example\.com: .*; did you mean echo\.example\.com\?$/m);
    const far = await explain(ECHO, '--grpc', 'api.Echo/Echo', '--host', '127.0.0.1:8080');
    assert.match(far.out, /^hint: .* must be a host that is served, such as echo\.example\.com\.$/m);
  });

  it('says that only reflection is missing where the host is served', async () => {
    const method = 'grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
    const { out } = await explain(WITHOUT_REFLECTION, '--grpc', method, '--host', 'echo.example.com');
    assert.match(out, /^hint: The host is served, but no rule takes server reflection/m);
    assert.doesNotMatch((await explain(ECHO, '--grpc', method, '--host', 'echo.example.com')).out, /^hint/m);
  });

  it('names the right zone', async () => {
    const { out } = await explain(ECHO, '--grpc', 'api.Echo/Echo', '--host', 'foo.ns.service.cluster.local');
    assert.match(out, /^hint: The zone of Services is svc: did you mean foo\.ns\.svc\.cluster\.local\?$/m);
  });

  it('says that every header of a match must fit, and how load balancers check without a rule', async () => {
    const { out } = await explain(TWO_HEADERS, '--grpc', 'api.Echo/Echo', '-H', 'probe: healthz');
    assert.match(out, /^hint: For the checks of a load balancer .* daemun\.dev\/health-endpoint/m);
    assert.doesNotMatch((await explain(ECHO, '--grpc', 'api.Echo/None')).out, /load balancer/);
    assert.match(out, /header x-envoy-livenessprobe is absent, wants "healthz" \(every header of a match must fit\)$/m);
  });

  it('lists the Gateways where none fits, and refuses a question that is none before it asks anybody', async () => {
    const { code, out } = await explain(ECHO, '--grpc', 'api.Echo/Echo', '--gateway', 'default/nope');
    assert.equal(code, 1);
    assert.match(out, /^Gateways and their listeners\n {2}default\/gw: http\n$/m);
    const terminal = recordingTerminal('', { DAEMUN_ADMIN: '127.0.0.1:1' });
    assert.equal(await runProgram(['explain', '--grpc', 'Echo'], terminal), 2);
    assert.match(terminal.stderr(), /^error: "Echo" is not pkg\.Service\/Method/);
  });

  it('calls gRPC-Web by its name, as the data plane does', async () => {
    const { out } = await explain(
      ECHO,
      '--http',
      'POST /api.Echo/Echo',
      '-H',
      'content-type: application/grpc-web+proto',
    );
    assert.match(out, /^Answer +HTTP 415: this request is gRPC-Web \(application\/grpc-web\+proto\)/m);
  });
});
