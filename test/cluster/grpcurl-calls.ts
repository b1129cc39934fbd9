// SPDX-License-Identifier: Apache-2.0

/** What well-known guides have their readers call with grpcurl, word for word, and what is answered. */
import type { Grpcurl, GrpcurlPlace } from './grpcurl.ts';
import type { ClusterSteps } from './steps.ts';
import { eventually } from './tries.ts';

/** Of `examples/cluster`: the commands of the tutorial whose form as Gateway API it is. */
const TUTORIAL = [
  {
    method: 'api.Echo/Echo',
    pod: /^hostname: echo-grpc-/m,
    answer: '"content": "echo"',
    command: `grpcurl -v -d '{"content": "echo"}' \\
    -proto echo-grpc/api/echo.proto \\
    -authority grpc.example.com -cacert cert.pem \\
    $EXTERNAL_IP:443 api.Echo/Echo`,
  },
  {
    method: 'api.Reverse/Reverse',
    pod: /^hostname: reverse-grpc-/m,
    answer: '"content": "esrever"',
    command: `grpcurl -v -d '{"content": "reverse"}' \\
    -proto reverse-grpc/api/reverse.proto \\
    -authority grpc.example.com -cacert cert.pem \\
    $EXTERNAL_IP:443 api.Reverse/Reverse`,
  },
];
const LOGIN = `grpcurl -v -d '{"name": "me"}'`;
const GET_USER = `grpcurl -d '{"user_id": "123"}' \\
  -H "x-request-id: test-001" \\
  user.api.example.com:443 \\
  user.v1.UserService/GetUser`;
const VERSIONS = `for i in $(seq 1 100); do
  grpcurl -d '{"user_id": "123"}' \\
    user.api.example.com:443 \\
    user.v1.UserService/GetUser 2>&1 | grep "server_version"
done | sort | uniq -c`;

export interface GuideCalls {
  readonly grpcurl: Grpcurl;
  readonly steps: ClusterSteps;
  /** Of the Service that the Gateway has. */
  readonly address: string;
  /** Of the Gateway; PEM. */
  readonly certificate: string;
}

export function callTutorial({ grpcurl, steps, address, certificate }: GuideCalls): void {
  const files = {
    'cert.pem': certificate,
    'echo-grpc/api/echo.proto': steps.read('src/demo/proto/api/echo.proto'),
    'reverse-grpc/api/reverse.proto': steps.read('src/demo/proto/api/reverse.proto'),
  };
  const place = { trusted: certificate, files, environment: { EXTERNAL_IP: address } };
  for (const { method, command, pod, answer } of TUTORIAL) {
    const said = grpcurl.run(command, place);
    const isGood = said.includes(answer) && pod.test(said) && said.includes('Sent 1 request and received 1 response');
    steps.check(`grpcurl of the tutorial: ${method}`, isGood, said);
  }
}

/** Documents 000 and 004 say that grpcurl finds out the types by the rule for reflection; the words of the calls are ours. */
export function callLogin({ grpcurl, steps, address, certificate }: GuideCalls): void {
  const hosts = { 'foo.example.com': address, 'bar.example.com': address };
  const calls = { grpcurl, steps, place: { trusted: certificate, hosts } };
  checkCall(calls, 'grpcurl foo.example.com:50051 list', /^com\.example\.User$/m);
  checkCall(calls, `${LOGIN} foo.example.com:50051 com.example.User/Login`, /^hostname: foo-svc-/m);
  checkCall(calls, `${LOGIN} bar.example.com:50051 com.example.User/Login`, /^hostname: bar-svc-[^-]+-[^-]+$/m);
  checkCall(
    calls,
    `${LOGIN} -H 'env: canary' bar.example.com:50051 com.example.User/Login`,
    /^hostname: bar-svc-canary-/m,
  );
}

export function callUsers({ grpcurl, steps, address, certificate }: GuideCalls): void {
  const calls = { grpcurl, steps, place: { trusted: certificate, hosts: { 'user.api.example.com': address } } };
  checkCall(calls, GET_USER, /"user_id": "123"/);
  checkCall(calls, VERSIONS, /^ *100 +"server_version": "v1\.0"$/m);
}

interface Calls {
  readonly grpcurl: Grpcurl;
  readonly steps: ClusterSteps;
  readonly place: GrpcurlPlace;
}

function checkCall({ grpcurl, steps, place }: Calls, command: string, expected: RegExp): void {
  const found = eventually(
    () => grpcurl.run(command, place),
    text => expected.test(text),
  );
  steps.check(command.replaceAll(/\s*\\?\n\s*/g, ' '), expected.test(found), found);
}
