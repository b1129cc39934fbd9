// SPDX-License-Identifier: Apache-2.0

/**
 * Asks a server whether a request may pass: by gRPC as Envoy does, or by HTTP (HTTPExternalAuthFilter, GEP-1494). The request waits for
 * the answer. No answer is a no.
 */
import type { ExternalAuth } from '../../../snapshot/index.ts';
import type { HeaderListPool } from '../../../wire/index.ts';
import type { ClusterPool } from '../../upstream/index.ts';
import type { FilterStep, SteppedRequest, StepVerdict } from '../step.ts';
import { checkFailed } from './auth-answers.ts';
import { AuthCheck, type AuthServerUse } from './auth-check.ts';
import type { AuthEnvironment } from './auth-environment.ts';
import type { AuthProtocol } from './auth-protocol.ts';
import { GrpcAuthProtocol } from './grpc-protocol.ts';
import { HttpAuthProtocol } from './http-protocol.ts';

/** Adds to `clusters` whom the step asks. A cluster that is not there, which no snapshot should say, lets nothing pass. */
export function authStep(auth: ExternalAuth, environment: AuthEnvironment, clusters: ClusterPool[]): FilterStep {
  const cluster = environment.upstreams.cluster(auth.cluster);
  if (cluster === undefined) return NOBODY_TO_ASK;
  clusters.push(cluster);
  const protocol = protocolOf(auth, environment.lists);
  return new AuthStep({ cluster, protocol, maxBodyBytes: auth.maxBodyBytes, environment });
}

class AuthStep implements FilterStep {
  readonly #use: AuthServerUse;

  constructor(use: AuthServerUse) {
    this.#use = use;
  }

  onRequestHead(request: SteppedRequest): StepVerdict {
    return new AuthCheck(this.#use, request);
  }
}

const NOBODY_TO_ASK: FilterStep = {
  onRequestHead: () => ({ kind: 'answer', answer: checkFailed('is not known') }),
};

function protocolOf(auth: ExternalAuth, lists: HeaderListPool): AuthProtocol {
  switch (auth.kind) {
    case 'grpc':
      return new GrpcAuthProtocol(auth, lists);
    case 'http':
      return new HttpAuthProtocol(auth, lists);
  }
}
