// SPDX-License-Identifier: Apache-2.0

/** A request, as a person asks about it. */
export interface Question {
  readonly protocol: 'grpc' | 'http';
  readonly method: string;
  /** Begins with a slash; `/service/method` for gRPC. */
  readonly path: string;
  /** Lower case, without port; null: a host that the routes name is assumed. */
  readonly host: string | null;
  /** Lower-case names; several fields of one name are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** IP address of the peer, which the Gateway may trust; null: nobody in particular. */
  readonly client: string | null;
  /** Whose the client of a frontend is; null: as its address says. */
  readonly clientNamespace: string | null;
  /** A Service, as `namespace/name`, and one of its ports, null: any; its frontends alone are asked about. null: every entrance is. */
  readonly to: { readonly service: string; readonly port: number | null } | null;
  /** `namespace/name`; null: any. */
  readonly gateway: string | null;
  /** Its name or id; null: any. */
  readonly listener: string | null;
}

/** What a request would meet. Plain data, with sentences that are ready to be shown. */
export interface Explanation {
  readonly request: ExplainedRequest;
  /** One for each socket (and listener, where no host was named) that the question leaves open; those that serve it first. */
  readonly places: readonly ExplainedPlace[];
}

export interface ExplainedRequest {
  readonly protocol: 'grpc' | 'http';
  readonly method: string;
  readonly path: string;
  /** What rules and endpoints see of it: the path normalised (docs/requests.md). */
  readonly readPath: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What one socket does with the request. */
export interface ExplainedPlace {
  /** `address:port`. */
  readonly address: string;
  readonly host: string;
  readonly isHostAssumed: boolean;
  /** null: no listener takes the host. */
  readonly listener: ExplainedListener | null;
  /** The other listeners of the socket, and why they do not take the host. */
  readonly otherListeners: readonly OtherListener[];
  /** Why a request at the path of the Gateway's health endpoint is no check; '': it is one, or there is none at the path. */
  readonly notHealthCheck: string;
  /** What each request passes before a rule is asked, in this order. */
  readonly gate: readonly string[];
  /** Which requests of the listener are traced, and who is told; '': none. */
  readonly tracing: string;
  /** In precedence order, the rule that takes the request among them. */
  readonly candidates: readonly ExplainedCandidate[];
  /** Candidates beyond the ones listed. */
  readonly moreCandidates: number;
  /** Hosts that the listener also serves, whose routes are not candidates. At most 20. */
  readonly otherHosts: readonly OtherHost[];
  /** Of the rule that takes the request, in the order in which they run. */
  readonly filters: readonly string[];
  readonly backends: readonly ExplainedBackend[];
  readonly answer: ExplainedAnswer;
  /** Of the port of a Service; null: the socket is of Gateways. */
  readonly frontend: ExplainedFrontend | null;
}

/** What the namespace of the client comes to at a port of a Service. */
export interface ExplainedFrontend {
  /** `namespace/name:port`. */
  readonly service: string;
  /** '': of none that is known. */
  readonly clientNamespace: string;
  /** `a`: no route is for the client, the Service gets all. `b`: a rule takes it. `c`: there are routes, and none takes it. */
  readonly flow: 'a' | 'b' | 'c';
  readonly why: string;
}

export interface ExplainedListener {
  /** `namespace/gateway/listener`. */
  readonly id: string;
  readonly hostname: string;
  readonly isTls: boolean;
}

export interface OtherListener {
  readonly id: string;
  readonly hostname: string;
  readonly reason: string;
}

export interface OtherHost {
  readonly host: string;
  /** `GRPCRoute/namespace/name` of some of its routes. */
  readonly routes: readonly string[];
  readonly reason: string;
}

export interface ExplainedCandidate {
  /** `GRPCRoute/namespace/name`. */
  readonly route: string;
  readonly ruleIndex: number;
  readonly ruleName: string;
  /** Index of the match in the rule. */
  readonly matchIndex: number;
  /** The host pattern under which it is tried. */
  readonly host: string;
  /** What it asks for. */
  readonly match: string;
  /** `shadowed`: it would take the request, or might, but one before it does. */
  readonly verdict: 'taken' | 'shadowed' | 'refused';
  readonly reason: string;
}

export interface ExplainedBackend {
  /** `namespace/service:port`, '' for a fault. */
  readonly cluster: string;
  readonly weight: number;
  /** Percent of the requests, 0 to 100. */
  readonly share: number;
  readonly filters: readonly string[];
  /** What it is asked for: `GET /path`, perhaps `of host NAME`; '': what the client asked for. */
  readonly asked: string;
  /** What its filters answer, so that it is not asked: `HTTP 302: see …`; '' when they do not. */
  readonly answer: string;
  /** How it is spoken to in TLS, and whom that must show; '': in cleartext. */
  readonly tls: string;
  /** Which clients stay with one of its endpoints; '': none do. */
  readonly session: string;
  /** Which endpoints count, where not all of the Service's do; '': all do. */
  readonly reach: string;
  /** Why its share fails; '' when it does not. */
  readonly fault: string;
  /** `dns`: resolved by the data plane. */
  readonly endpoints: readonly ExplainedEndpoint[] | 'dns';
}

export interface ExplainedEndpoint {
  /** `address:port`. */
  readonly address: string;
  readonly state: string;
  readonly name: string;
  /** How far it is from the process, and what comes of that; '': as far as all others. */
  readonly note: string;
}

export interface ExplainedAnswer {
  /** `answered`: by the gateway itself, as it was told to. */
  readonly kind: 'forwarded' | 'answered' | 'refused';
  /** null when the request is forwarded. */
  readonly httpStatus: number | null;
  /** As in `grpc-status`; null when the request is forwarded or is not gRPC. */
  readonly grpcStatus: number | null;
  /** In one line. */
  readonly text: string;
}
