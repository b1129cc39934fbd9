// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { Service, ServicePort } from '../../resources/index.ts';
import { infoFinding } from '../report.ts';

/** Values that people write for gRPC although Kubernetes does not define them. */
const NOT_DEFINED: ReadonlySet<string> = new Set(['kubernetes.io/grpc', 'grpc']);

/** Says that an appProtocol works here, while other implementations may not know it. */
export function appProtocolFindings(service: Service, port: ServicePort | undefined): readonly Finding[] {
  const value = port?.appProtocol;
  if (port === undefined || value === undefined || !NOT_DEFINED.has(value)) return [];
  return [
    infoFinding('lint/app-protocol-not-defined', service, {
      path: ['spec', 'ports', service.spec.ports.indexOf(port), 'appProtocol'],
      message: `appProtocol ${value} is not a value that Kubernetes defines; it is taken as HTTP/2 in cleartext`,
      help: 'Write kubernetes.io/h2c, which every implementation knows',
    }),
  ];
}
