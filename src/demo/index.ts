// SPDX-License-Identifier: Apache-2.0

/** Demo backends and development certificates. In: names. Out: loopback endpoints and PEM. Never: resources, policy. */
export {
  type CertificateAuthority,
  type CertificatePair,
  createAuthority,
  issueCertificate,
  type Lifetime,
  loadAuthority,
  selfSignedCertificate,
} from './certificates/certificate-authority.ts';
export { type CertificateHost, parseCertificateHost } from './certificates/certificate-host.ts';
export { type DevelopmentCa, type DevelopmentCaOptions, openDevelopmentCa } from './certificates/development-ca.ts';
export {
  type DemoBackends,
  type DemoDeployment,
  type DemoEndpoint,
  type DemoService,
  startDemoBackends,
} from './demo-backends.ts';
export { type DemoPod, type DemoPodOptions, startDemoPod } from './demo-pod.ts';
export {
  ServerReflectionRequestSchema,
  type ServerReflectionResponse,
  ServerReflectionResponseSchema,
} from './proto/grpc/reflection/v1/reflection_pb.ts';
