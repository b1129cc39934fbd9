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

/** `cluster` undefined: it is not there, which no snapshot should say, and which lets nothing pass. */
export function authStep(
  auth: ExternalAuth,
  cluster: ClusterPool | undefined,
  environment: AuthEnvironment,
): FilterStep {
  if (cluster === undefined) return NOBODY_TO_ASK;
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
