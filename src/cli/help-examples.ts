// SPDX-License-Identifier: Apache-2.0

/** Shown at the end of each command's help; `$` stands for how the program is called here. */
export const HELP_EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  run: [
    '$ run -f ./manifests',
    '$ run -f examples/quickstart --demo',
    '$ run -f gateway.yaml -f routes/ --address 0.0.0.0 --access-log stdout',
  ],
  status: [
    '$ status',
    '$ status --context staging',
    '$ status -w',
    "$ status -o json | jq '.troubles.shown[].subject'",
  ],
  check: [
    '$ check ./manifests',
    '$ check --strict gateway.yaml routes/',
    'helm template ./chart | $ check -',
    '$ check ./manifests -o sarif > daemun.sarif',
  ],
  get: [
    '$ get gateways,grpcroutes -A',
    '$ get gw infra-gateway -n infra -o yaml',
    '$ get gateway/gw grpcroute/echo',
    "$ get grpcroutes -l 'team in (a,b)' -w",
    '$ get all -f ./manifests -o name',
  ],
  describe: ['$ describe grpcroute echo', '$ describe gateways -A -f ./manifests'],
  explain: [
    '$ explain --grpc api.Echo/Echo --host grpc.example.com',
    "$ explain --grpc api.Echo/Echo -H 'env: canary' -f ./manifests",
    "$ explain --http 'GET /cart?id=1' --host shop.example.com",
  ],
  'proxy-config': ['$ proxy-config endpoint', '$ proxy-config route -o json -f ./manifests'],
  demo: ['$ demo --listen 127.0.0.1:8081 --name echo-1'],
  call: [
    `$ call --plaintext 127.0.0.1:8080 api.Echo/Echo '{"content": "hello"}'`,
    '$ call --cacert ca.crt --authority grpc.example.com 127.0.0.1:8443 --list',
    '$ call --plaintext --proto echo.proto 127.0.0.1:8080 api.Echo/Echo @request.json -v',
  ],
  bundle: ['$ bundle', '$ bundle --context staging --out staging.tar.gz'],
  cert: ['$ cert ca', '$ cert issue --host grpc.example.com --secret default/grpc-cert | kubectl apply -f -'],
  'cert ca': ['$ cert ca', '$ cert ca --out ./ca --name "team CA" --days 90'],
  'cert issue': [
    '$ cert issue --host grpc.example.com --host 127.0.0.1 --out ./tls',
    '$ cert issue --host "*.example.com" --secret default/wildcard',
  ],
  install: [
    '$ install --image registry.example.com/daemun:0.1.0 > daemun.yaml',
    '$ install --apply --dry-run',
    '$ install --apply --replicas 3 --context staging',
    '$ install | kubectl delete --ignore-not-found -f -',
  ],
  mesh: ['$ mesh status'],
  'mesh status': ['$ mesh status', '$ mesh status --admin 127.0.0.1:9902 -o json'],
  errors: ['$ errors route/backend-not-found', '$ errors no_route', '$ errors'],
  completion: ['source <($ completion bash)', 'source <($ completion zsh)', '$ completion fish | source'],
  version: ['$ version', '$ version -o json'],
};

/** The examples of a command as its help shows them; '' where it has none. */
export function examplesText(command: string, program: string): string {
  const lines = HELP_EXAMPLES[command] ?? [];
  if (lines.length === 0) return '';
  return `\nExamples:\n${lines.map(line => `  ${line.replaceAll('$ ', `${program} `)}\n`).join('')}`.trimEnd();
}
