// SPDX-License-Identifier: Apache-2.0

/** `examples/documents`: the manifests of well-known guides, as kubectl takes them, and the calls that they make. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { Grpcurl } from './grpcurl.ts';
import { callLogin, callUsers } from './grpcurl-calls.ts';
import { GuidePods } from './guide-pods.ts';
import type { CallOptions, ClusterSteps } from './steps.ts';
import { eventually } from './tries.ts';

const FOLDER = 'examples/documents';
const ROOT = join(import.meta.dirname, '../..', FOLDER);
/** In whose names the guides' objects are that name no namespace. */
const NAMESPACE = 'daemun-guide';
/** What guides call, and show no .proto file of. */
const LOGIN = join(ROOT, '../grpc-methods/user.proto');
const USERS = join(ROOT, 'user.proto');

/** What the text of a manifest says of itself, as far as it is asked here. */
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: { readonly selector?: Readonly<Record<string, string>>; readonly ports?: readonly ServicePort[] };
}
interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly targetPort?: number | string;
}

export async function followDocuments(steps: ClusterSteps): Promise<void> {
  const pods = new GuidePods(steps, [LOGIN, USERS]);
  const grpcurl = Grpcurl.find(steps);
  try {
    for (const [guide, follow] of [
      ['000-grpc-routing', followGrpcRouting],
      ['002-grpcroute-guide', followGuide],
      ['003-service-mesh', () => undefined],
      ['004-tcp-and-grpc', followTcpAndGrpc],
    ] as const) {
      const namespaces = createNamespaces(steps, guide);
      try {
        giveWhatIsGiven(steps, guide, pods);
        applyAll(steps, guide);
        follow(steps, { guide, grpcurl });
      } finally {
        steps.kubectl('delete', 'namespace', ...namespaces, '--ignore-not-found');
        pods.forget();
      }
    }
  } finally {
    steps.kubectl('delete', 'gatewayclass', 'istio', '--ignore-not-found');
    pods.close();
  }
}

interface Guide {
  readonly guide: string;
  /** null: it is not installed. */
  readonly grpcurl: Grpcurl | null;
}

function followGrpcRouting(steps: ClusterSteps, { guide, grpcurl }: Guide): void {
  const certificate = steps.certificate(`${NAMESPACE}/example-com-cert`, ['example.com', '*.example.com']);
  steps.wait(NAMESPACE, 'gateway/example-gateway', 'condition=Programmed');
  const address = steps.address(NAMESPACE, 'example-gateway');
  const login = {
    address: `https://${address}:50051`,
    method: 'com.example.User/Login',
    flags: ['--insecure', '--proto', LOGIN],
  };
  answers(steps, `${guide}: Login of foo.example.com`, 'foo-svc', { ...login, authority: 'foo.example.com' });
  const bar = { ...login, authority: 'bar.example.com' };
  answers(steps, `${guide}: bar.example.com`, 'bar-svc', bar);
  answers(steps, `${guide}: bar.example.com with env: canary`, 'bar-svc-canary', {
    ...bar,
    flags: [...bar.flags, '-H', 'env: canary'],
  });
  if (grpcurl !== null) callLogin({ grpcurl, steps, address, certificate });
}

function followGuide(steps: ClusterSteps, { guide, grpcurl }: Guide): void {
  const certificate = steps.certificate('infra/api-tls-cert', ['*.api.example.com']);
  steps.certificate('infra/wildcard-cert', ['*.example.com']);
  steps.wait('infra', 'gateway/grpc-gateway', 'condition=Programmed');
  const address = steps.address('infra', 'grpc-gateway');
  const flags = ['--insecure', '--proto', USERS, '-H', 'x-request-id: test-001'];
  const message = { user_id: '123' };
  const common = { address: `https://${address}:443`, authority: 'user.api.example.com', message, flags };
  answers(steps, `${guide}: GetUser`, 'user-service-reader', { ...common, method: 'user.v1.UserService/GetUser' });
  answers(steps, `${guide}: CreateUser`, 'user-service-writer', {
    ...common,
    method: 'user.v1.UserService/CreateUser',
  });
  if (grpcurl !== null) callUsers({ grpcurl, steps, address, certificate });
  const path = 'jsonpath={.status.parents[0].conditions[?(@.type=="Accepted")].reason}';
  const refused = steps.kubectl('-n', 'app', 'get', 'grpcroute', 'user-service-route', '-o', path);
  steps.check(`${guide}: a route of another namespace is refused`, refused === 'NotAllowedByListeners', refused);
}

function followTcpAndGrpc(steps: ClusterSteps, guide: Guide): void {
  steps.wait(NAMESPACE, 'gateway/my-tcp-gateway', 'condition=Programmed');
  const address = steps.address(NAMESPACE, 'my-tcp-gateway');
  for (const [port, service] of [
    [8080, 'my-foo-service'],
    [8090, 'my-bar-service'],
  ] as const) {
    const ask = `exec 3<>/dev/tcp/${address}/${port}; echo hello >&3; timeout 5 head -n 1 <&3`;
    const answer = eventually(
      () => steps.run('bash', '-c', ask),
      said => said.startsWith(service),
    );
    steps.check(`${guide.guide}: a line at port ${port}`, answer.startsWith(service), answer);
  }
  followGrpcRouting(steps, guide);
}

/** A call is answered by a Pod of a Service. */
function answers(steps: ClusterSteps, what: string, service: string, call: CallOptions): void {
  const isPod = (pod: string): boolean => new RegExp(`^${service}-[^-]+-[^-]+$`).test(pod);
  const result = eventually(
    () => steps.call(call),
    ({ pod }) => isPod(pod),
  );
  steps.check(`${what} is answered by ${service}`, isPod(result.pod), `${result.pod} ${result.output}`);
}

function manifestsOf(guide: string): readonly string[] {
  return readdirSync(join(ROOT, guide)).filter(file => file.endsWith('.yaml') && file !== 'given.yaml');
}

function documentsOf(text: string): readonly { readonly text: string; readonly manifest: Manifest }[] {
  return text
    .split(/^---$/m)
    .map(part => ({ text: part, manifest: parseAllDocuments(part)[0]?.toJS() as Manifest | null }))
    .flatMap(({ text: part, manifest }) => (manifest === null ? [] : [{ text: part, manifest }]));
}

/** Those that the manifests name, and the one of all others. */
function createNamespaces(steps: ClusterSteps, guide: string): readonly string[] {
  const files = [...manifestsOf(guide), ...(hasGiven(guide) ? ['given.yaml'] : [])];
  const named = files.flatMap(file => documentsOf(steps.read(`${FOLDER}/${guide}/${file}`)));
  const names = new Set([NAMESPACE, ...named.flatMap(({ manifest }) => manifest.metadata.namespace ?? [])]);
  for (const name of names) steps.kubectl('create', 'namespace', name);
  return [...names];
}

function hasGiven(guide: string): boolean {
  return readdirSync(join(ROOT, guide)).includes('given.yaml');
}

/** What the guide takes for granted, and a Pod behind each Service of it. */
function giveWhatIsGiven(steps: ClusterSteps, guide: string, pods: GuidePods): void {
  if (!hasGiven(guide)) return;
  for (const { text, manifest } of documentsOf(steps.read(`${FOLDER}/${guide}/given.yaml`))) {
    const { name, namespace = NAMESPACE } = manifest.metadata;
    steps.apply(manifest.kind === 'Namespace' ? '' : namespace, text);
    const { selector: labels, ports = [] } = manifest.spec ?? {};
    if (manifest.kind !== 'Service' || labels === undefined) continue;
    const { name: portName, targetPort, port: servicePort = 0 } = ports[0] ?? {};
    const port = typeof targetPort === 'number' ? targetPort : servicePort;
    if (portName === 'grpc') pods.add(namespace, name, { labels, port });
    else steps.backends(namespace, name, labels, port);
  }
}

/** In the order of their names, but for what the cluster has no kind for. */
function applyAll(steps: ClusterSteps, guide: string): void {
  for (const file of manifestsOf(guide)) {
    for (const { text, manifest } of documentsOf(steps.read(`${FOLDER}/${guide}/${file}`))) {
      if (manifest.kind === 'PrometheusRule') continue;
      const said = tryToApply(steps, text, manifest);
      steps.check(`${guide}/${file}: kubectl takes ${manifest.kind} ${manifest.metadata.name}`, said === '', said);
    }
  }
}

function tryToApply(steps: ClusterSteps, text: string, { metadata, kind }: Manifest): string {
  try {
    steps.apply(kind === 'GatewayClass' ? '' : (metadata.namespace ?? NAMESPACE), text);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
