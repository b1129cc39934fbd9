// SPDX-License-Identifier: Apache-2.0

/** Demo backends and development certificates. In: names. Out: loopback endpoints and PEM. Never: resources, policy. */
export {
  DEFAULT_DEMO_REPLICAS,
  type DemoBackends,
  type DemoDeployment,
  type DemoEndpoint,
  type DemoService,
  startDemoBackends,
} from './demo-backends.ts';
