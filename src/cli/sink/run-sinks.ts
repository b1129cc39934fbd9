// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import {
  type ControllerLog,
  createLog,
  type LogLevel,
  type MetricFamily,
  type Trouble,
} from '../../controller/index.ts';
import { fileFault } from '../../errors/index.ts';
import { systemClock } from '../../time/index.ts';
import { terminalText } from '../paint.ts';
import type { Terminal } from '../terminal.ts';
import type { ByteTarget } from './byte-target.ts';
import { openLogFile, removeEmptyLogFile } from './log-file.ts';
import { Outlet } from './outlet.ts';

/** What a slow reader gets at the end, in milliseconds. */
const FLUSH_MS = 1_000;

export interface SinkOptions {
  readonly level: LogLevel;
  readonly format: 'json' | 'pretty';
  /** null: stderr. */
  readonly logFile: string | null;
  /** `stdout`, `off`, or the path of a file. */
  readonly accessLog: string;
}

/** Why a sink loses lines, and since when, of the wall clock. */
interface Loss {
  readonly why: string;
  readonly sinceMs: number;
}

interface LogFile {
  readonly path: string;
  readonly outlet: Outlet;
  /** It was not there before. */
  readonly isNew: boolean;
}

/** All that `run` writes: its log, the access log, and what it says on stdout. None of it can end or block the process. */
export class RunSinks {
  readonly log: ControllerLog;
  /** null: off. */
  readonly accessLog: ((lines: string) => void) | null;
  readonly #outlets = new Map<string, Outlet>();
  readonly #files: LogFile[] = [];
  readonly #stdout: Outlet;
  /** By sink: those that lose lines now. */
  readonly #losses = new Map<string, Loss>();

  /** @throws the operating system's error when a file cannot be opened. */
  constructor(options: SinkOptions, terminal: Terminal) {
    const { level, format, logFile } = options;
    const logName = logFile === null ? 'stderr' : 'log';
    const events = {
      onLoss: (why: string) => this.#noteLoss(logName, why),
      onRecovery: (lines: number) => this.#tellLost(logName, lines),
    };
    const logOutlet =
      logFile === null
        ? this.#add('stderr', new Outlet(terminal.standardTarget('stderr'), events))
        : this.#addFile('log', logFile, events);
    const colours = terminal.colours && logFile === null;
    // The log for people has escaped its fields, and holds colours of its own.
    const write = format === 'pretty' ? logOutlet.write : (line: string) => logOutlet.write(terminalText(line));
    this.log = createLog({ level, format, colours, write });
    this.#stdout = this.#add('stdout', this.#watched('stdout', terminal.standardTarget('stdout')));
    try {
      this.accessLog = this.#openAccessLog(options.accessLog);
    } catch (error) {
      this.#removeUnused();
      throw error;
    }
  }

  /** Writes to stdout, as `Terminal.out` does. */
  readonly out = (text: string): void => {
    this.#stdout.write(terminalText(text));
  };

  /** Opens the files by their names again, after they were renamed. One that cannot be opened goes on as it is. */
  reopen(): void {
    for (const { path, outlet } of this.#files) {
      try {
        outlet.switchTo(openLogFile(path));
      } catch (error) {
        const fields = { file: path, error: fileFault(error) };
        this.log.error('a log file cannot be opened again; the one that is open is used on', fields);
      }
    }
  }

  /** Lines that could not be written, for `/metrics`. */
  metrics(): MetricFamily[] {
    return [lostLines(this.#outlets)];
  }

  /** Sinks that lose lines now. */
  troubles(): Trouble[] {
    return Array.from(this.#losses, ([sink, { why, sinceMs }]) => ({
      severity: 'warning',
      of: 'process',
      subject: `sink ${sink}`,
      message: `its lines cannot be written and are lost until they can: ${why}`,
      since: new Date(sinceMs).toISOString(),
      next: sink === 'log' || sink === 'access_log' ? 'df -h' : 'daemun help run',
    }));
  }

  /** Writes what waits, for a short time. */
  async close(): Promise<void> {
    await Promise.all(Array.from(this.#outlets.values(), outlet => outlet.flush(FLUSH_MS)));
    for (const { outlet } of this.#files) outlet.close();
  }

  /** As `close`, of a process that did not start: files that it made and wrote nothing to are removed. */
  async abandon(): Promise<void> {
    await this.close();
    this.#removeUnused();
  }

  #removeUnused(): void {
    for (const { path, isNew } of this.#files) if (isNew) removeEmptyLogFile(path);
  }

  #openAccessLog(target: string): ((lines: string) => void) | null {
    if (target === 'off') return null;
    if (target === 'stdout') return this.out;
    return this.#addFile('access_log', target, this.#lossEvents('access_log')).write;
  }

  #addFile(name: string, path: string, events: ConstructorParameters<typeof Outlet>[1]): Outlet {
    const isNew = !existsSync(path);
    const outlet = this.#add(name, new Outlet(openLogFile(path), events));
    this.#files.push({ path, outlet, isNew });
    return outlet;
  }

  #add(name: string, outlet: Outlet): Outlet {
    this.#outlets.set(name, outlet);
    return outlet;
  }

  #watched(name: string, target: ByteTarget): Outlet {
    return new Outlet(target, this.#lossEvents(name));
  }

  #lossEvents(sink: string): ConstructorParameters<typeof Outlet>[1] {
    return {
      onLoss: why => {
        this.#noteLoss(sink, why);
        this.log.error('lines cannot be written and are lost until they can', { sink, why });
      },
      onRecovery: lines => this.#tellLost(sink, lines),
    };
  }

  #noteLoss(sink: string, why: string): void {
    this.#losses.set(sink, { why, sinceMs: systemClock.wallMs() });
  }

  #tellLost(sink: string, lines: number): void {
    this.#losses.delete(sink);
    this.log.warn('lines are written again; some were lost', { sink, lines });
  }
}

/** The metric of lines that were lost, by `stdout`, `stderr`, `log` and `access_log`. */
export function lostLines(outlets: ReadonlyMap<string, Pick<Outlet, 'lostLines'>>): MetricFamily {
  return {
    name: 'daemun_log_lines_lost_total',
    help: 'Lines that could not be written: disk full, reader gone or too slow.',
    type: 'counter',
    samples: Array.from(outlets, ([sink, outlet]) => ({ labels: { sink }, value: outlet.lostLines })),
  };
}
