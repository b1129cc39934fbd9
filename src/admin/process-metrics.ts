// SPDX-License-Identifier: Apache-2.0

/**
 * What Prometheus expects of any process, and the main thread's heap and event loop, with the names that Prometheus'
 * client libraries use. All of it is read when somebody scrapes: between scrapes nothing runs, so that an idle process
 * stays idle.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { MetricFamily } from './metric-family.ts';

/** The metrics of this moment. Those of /proc are left out where there is none (macOS). */
export function processMetrics(): MetricFamily[] {
  const { user, system } = process.cpuUsage();
  const memory = process.memoryUsage();
  const loop = performance.eventLoopUtilization();
  return [
    counter('process_cpu_user_seconds_total', 'User CPU time of all threads.', user / 1e6),
    counter('process_cpu_system_seconds_total', 'System CPU time of all threads.', system / 1e6),
    counter('process_cpu_seconds_total', 'User and system CPU time of all threads.', (user + system) / 1e6),
    gauge('process_start_time_seconds', 'When the process started, since the Unix epoch.', startTimeSeconds),
    gauge('process_resident_memory_bytes', 'Resident memory of the process.', memory.rss),
    gauge('nodejs_heap_size_total_bytes', "JavaScript heap of the main thread: the OS's part.", memory.heapTotal),
    gauge('nodejs_heap_size_used_bytes', 'JavaScript heap of the main thread: in use.', memory.heapUsed),
    gauge('nodejs_external_memory_bytes', 'Memory of the main thread outside its heap.', memory.external),
    counter('nodejs_eventloop_active_seconds_total', "Time in which the main thread's loop worked.", loop.active / 1e3),
    counter('nodejs_eventloop_idle_seconds_total', "Time in which the main thread's loop waited.", loop.idle / 1e3),
    gauge('nodejs_version_info', 'Version of Node.js.', 1, { version: process.version }),
    ...fromProc(),
  ];
}

const startTimeSeconds = performance.timeOrigin / 1e3;

function fromProc(): MetricFamily[] {
  try {
    const virtualKib = /^VmSize:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    const limit = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    const open = readdirSync('/proc/self/fd').length;
    const max = limit?.[1] === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit?.[1] ?? 0);
    return [
      gauge('process_virtual_memory_bytes', 'Virtual memory of the process.', Number(virtualKib?.[1] ?? 0) * 1024),
      gauge('process_open_fds', 'Open file descriptors.', open),
      gauge('process_max_fds', 'Limit of open file descriptors.', max),
    ];
  } catch {
    return [];
  }
}

function counter(name: string, help: string, value: number): MetricFamily {
  return { name, help, type: 'counter', samples: [{ labels: {}, value }] };
}

function gauge(name: string, help: string, value: number, labels: Readonly<Record<string, string>> = {}): MetricFamily {
  return { name, help, type: 'gauge', samples: [{ labels, value }] };
}
