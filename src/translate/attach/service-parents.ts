// SPDX-License-Identifier: Apache-2.0

/** Services as parents of routes (GEP-1294): what becomes of a parentRef that names one. */
import type { Finding, FindingCode } from '../../errors/index.ts';
import type { Service } from '../../resources/index.ts';
import type { MeshContext } from '../accept/meshes.ts';
import type { ParentOutcome, RouteAcceptedReason } from '../outcomes.ts';
import { findingOf, type Report } from '../report.ts';
import { missingText } from '../resolve/missing-object.ts';
import type { AttachableRoute } from '../route-kinds.ts';
import type { AskedParent } from './asked-parent.ts';
import { attachToParent, type ParentAttachment } from './choose-listeners.ts';
import { frontendsOf, isHeadless, serviceTarget } from './service-target.ts';

/** What attaching to Services looks at. */
export interface ServiceContext {
  readonly services: ReadonlyMap<string, Service>;
  readonly mesh: MeshContext;
  /** Why an object (`Kind/namespace/name`) that is written does not exist; undefined when it is not written. */
  refusal(key: string): string | undefined;
}

export interface ServiceAttachment extends ParentAttachment {
  /** Beside that why it was not accepted. */
  readonly findings: readonly Finding[];
}

/** Attaches `route` to those ports of a Service that take it. */
export function attachToService(
  route: AttachableRoute,
  asked: AskedParent,
  context: ServiceContext,
): ServiceAttachment {
  const target = { kind: 'Service', namespace: asked.ref.namespace ?? route.metadata.namespace, name: asked.ref.name };
  const key = `${target.namespace}/${target.name}`;
  const refuse = (code: FindingCode, report: Omit<Report, 'path'>): ServiceAttachment => {
    const finding = findingOf(code, route, { path: asked.path, ...report });
    return { ...refused(asked, { reason: 'NoMatchingParent', finding }, context), findings: [] };
  };
  const service = context.services.get(key);
  if (service === undefined) {
    const help = 'Create it, or correct name and namespace of the parentRef';
    return refuse('route/parent-not-found', missingText(target, context.refusal(`Service/${key}`), { help }));
  }
  const why = whyNoFrontend(service);
  if (why !== undefined) {
    return refuse('route/service-without-frontend', {
      message: `Service ${key} cannot be a parent: ${why}, so there is no address by which its traffic is known`,
      help: 'Name a Service of type ClusterIP; to route to the endpoints of this one, name it in backendRefs',
    });
  }
  const parent = serviceTarget(service, route, context.mesh);
  const attached = attachToParent(route, asked, { parent, labels: () => NO_LABELS });
  return { ...attached, findings: attached.taken.length === 0 ? [] : unreached(route, asked, { service, context }) };
}

const NO_LABELS = {};

function whyNoFrontend(service: Service): string | undefined {
  if (service.spec.type === 'ExternalName') return 'it is of type ExternalName, a name for something elsewhere';
  return isHeadless(service) ? 'it is headless (clusterIP: None)' : undefined;
}

function refused(
  { ref }: AskedParent,
  accepted: { readonly reason: RouteAcceptedReason; readonly finding: Finding },
  { mesh }: ServiceContext,
): ParentAttachment {
  const outcome: ParentOutcome = {
    parentRef: ref,
    isDefault: false,
    controllerName: mesh.controllerName,
    listeners: [],
    accepted,
    resolvedRefs: null,
  };
  return { outcome, taken: [] };
}

/** Says of a Service whose traffic does not come here why that is. */
function unreached(
  route: AttachableRoute,
  { path }: AskedParent,
  { service, context }: { readonly service: Service; readonly context: ServiceContext },
): readonly Finding[] {
  const { environment } = context.mesh;
  const port = service.spec.ports[0]?.port ?? 0;
  const frontends = frontendsOf(service, port, environment);
  const closures = frontends.map(one => environment.closure(one));
  if (closures.includes(null)) return [];
  const why = closures[0] ?? 'it has no ClusterIP';
  const { namespace, name } = service.metadata;
  return [
    findingOf('route/frontend-not-reached', route, {
      path,
      message: `The route gets no traffic of Service ${namespace}/${name}: ${why}`,
      help: 'Outside a cluster write a clusterIP of 127.0.0.0/8, leave it out, or name its range with --mesh-address-pool',
    }),
  ];
}
