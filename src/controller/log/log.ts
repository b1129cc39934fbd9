// SPDX-License-Identifier: Apache-2.0
import { pino } from 'pino';
import { prettyLine } from './pretty-line.ts';
import { RecentLines } from './recent-lines.ts';

/** Log levels, most talkative first. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

type Fields = Readonly<Record<string, unknown>>;

/** The process's log. Its level may be changed while it runs (`/log-level`). */
export interface ControllerLog {
  level: LogLevel;
  /** The last lines that were written, as JSON; for support bundles. */
  recent(): readonly string[];
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
}

/** A log as embedders may give one; without a level it cannot be changed from outside. */
export interface GatewayLog extends Omit<ControllerLog, 'level' | 'recent'> {
  level?: LogLevel;
  recent?(): readonly string[];
}

export interface LogOptions {
  readonly level: LogLevel;
  /** `json`: one object a line; `pretty`: for people. */
  readonly format: 'json' | 'pretty';
  readonly colours: boolean;
  write(line: string): void;
}

/** True for the name of a level. */
export function isLogLevel(text: string): text is LogLevel {
  return LOG_LEVELS.some(level => level === text);
}

/** A log on pino. Lines are handed to `write` whole, one call each. */
export function createLog(options: LogOptions): ControllerLog {
  const recent = new RecentLines();
  const write = (line: string): void => {
    recent.add(line);
    options.write(options.format === 'json' ? line : prettyLine(line, options));
  };
  const logger = pino(
    { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: named } },
    { write },
  );
  let level = options.level;
  return {
    get level() {
      return level;
    },
    set level(next) {
      level = next;
      logger.level = next;
    },
    recent: () => recent.all,
    debug: (message, fields) => logger.debug(fields ?? {}, message),
    info: (message, fields) => logger.info(fields ?? {}, message),
    warn: (message, fields) => logger.warn(fields ?? {}, message),
    error: (message, fields) => logger.error(fields ?? {}, message),
  };
}

/** A log that says nothing; the default of embedding. */
export function silentLog(): ControllerLog {
  return createLog({ level: 'silent', format: 'json', colours: false, write: () => undefined });
}

function named(label: string): { level: string } {
  return { level: label };
}
