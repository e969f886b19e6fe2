/**
 * The founding example as a program: compresses a file with gzip while its SHA-256 is computed.
 * ProcessingFile → FileProcessed, with InProgress and Exception.
 *
 *     deno task demo [FILE] [OUTPUT]
 *
 * Writes OUTPUT, or FILE.gz in the current folder. Ctrl+C cancels through the state's context: no partial
 * output is left, and the exit code is 130 (143 after SIGTERM). A file that cannot be processed gives exit code 2.
 */
import { createHash } from "node:crypto";
import { args, defineSchema, Machine } from "../mod.ts";
import { debugEnv } from "../telemetry/mod.ts";

/** What became of a file. */
export interface Summary {
  /** Where it was read from. */
  readonly input: string;
  /** Where the compressed file is. */
  readonly output: string;
  /** How many bytes were read. */
  readonly bytes: number;
  /** How many bytes were written. */
  readonly written: number;
  /** The SHA-256 of what was read, in hexadecimal digits. */
  readonly digest: string;
}

/** Settings of one run. */
export interface ProcessFileOptions {
  /** Where the compressed file goes. */
  readonly output: string;
  /** Hears how many of how many bytes are done. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Takes the state changes. */
  readonly log?: (line: string) => void;
}

/** The states. */
export const schema = defineSchema({
  ProcessingFile: { add: ["InProgress"], remove: ["FileProcessed"] },
  FileProcessed: {
    remove: ["ProcessingFile", "InProgress"],
    args: args<{ summary: Summary }>(),
  },
  InProgress: {},
  Exception: { multi: true, remove: ["ProcessingFile", "InProgress"] },
});

/** A machine that processes `input` once `ProcessingFile` is added. */
export function createFileMachine(input: string, options: ProcessFileOptions) {
  const machine = new Machine(schema, {
    id: "file",
    printErrors: false,
    logLevel: options.log ? "changes" : "nothing",
    logger: (line) => options.log?.(line),
  });
  machine.bindHandlers({
    ProcessingFileEnter: () => machine.not("ProcessingFile"),
    async ProcessingFileState(e) {
      const summary = await compress(input, options, e.signal);
      e.add("FileProcessed", { summary });
    },
  });
  return machine;
}

/** Streams a file through SHA-256 and gzip, into a file of its own that becomes the output at the end. */
async function compress(
  input: string,
  { output, onProgress }: ProcessFileOptions,
  signal: AbortSignal,
): Promise<Summary> {
  using source = await attempt("read", input, () => Deno.open(input));
  const { size, isDirectory, dev, ino } = await source.stat();
  if (isDirectory) throw new Error(`Cannot read ${JSON.stringify(input)}: it is a directory`);
  const before = await Deno.stat(output).catch(() => null);
  if (before !== null && before.ino !== null && before.dev === dev && before.ino === ino) {
    throw new Error(`Cannot write ${JSON.stringify(output)}: it is the input`);
  }
  // A device like /dev/full is written to as it is.
  const written = before === null || before.isFile ? `${output}.part` : output;
  const hash = createHash("sha256");
  let bytes = 0;
  const observe = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      hash.update(chunk);
      bytes += chunk.length;
      onProgress?.(bytes, size);
      controller.enqueue(chunk);
    },
  });
  using target = await attempt(
    "write",
    output,
    () => Deno.open(written, { write: true, create: true, truncate: true }),
  );
  try {
    await source.readable
      .pipeThrough(observe, { signal })
      .pipeThrough(new CompressionStream("gzip"))
      // Not through `target.writable`: that would not tell that the disk is full.
      .pipeTo(
        new WritableStream({
          write: (chunk) => attempt("write", output, () => writeAll(target, chunk)),
        }),
        { signal },
      );
    const { size: length } = await target.stat();
    if (written !== output) await attempt("write", output, () => Deno.rename(written, output));
    return { input, output, bytes, written: length, digest: hash.digest("hex") };
  } catch (error) {
    if (written !== output) await Deno.remove(written);
    throw error;
  }
}

/** Says which file was the trouble, and why. */
async function attempt<T>(doing: string, path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const { name, message } = error as Error;
    const reason = /no space|ENOSPC|os error 28/i.test(message)
      ? "no space is left on the device"
      : REASONS[name] ?? (/is a directory/i.test(message) ? REASONS.IsADirectory : message);
    throw new Error(`Cannot ${doing} ${JSON.stringify(path)}: ${reason}`, { cause: error });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  NotFound: "there is no such file or folder",
  PermissionDenied: "permission denied",
  IsADirectory: "it is a directory",
};

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
}

const BAR_WIDTH = 30;

function drawProgress(done: number, total: number): void {
  const share = total === 0 ? 1 : Math.min(done / total, 1);
  const width = Math.max(Math.min(BAR_WIDTH, Deno.consoleSize().columns - 8), 1);
  const bar = "█".repeat(Math.floor(share * width)).padEnd(width, "░");
  Deno.stderr.writeSync(new TextEncoder().encode(`\r${bar} ${Math.floor(share * 100)} %`));
}

/** Runs the program and gives its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  if (argv.includes("--help") || argv.includes("-h")) {
    console.log("Usage: process_file.ts [FILE] [OUTPUT]\n\nDefault: README.md, and FILE.gz here");
    return 0;
  }
  const input = argv[0] ?? "README.md";
  const output = argv[1] ?? `${input.split(/[\\/]/).at(-1)}.gz`;
  const terminal = Deno.stderr.isTerminal();
  let drawn = 0;
  const clearBar = () => {
    if (terminal && drawn > 0) Deno.stderr.writeSync(new TextEncoder().encode("\r\x1b[K"));
  };
  using machine = createFileMachine(input, {
    output,
    log: (line) => {
      clearBar();
      if (!line.startsWith("[error]")) console.log(line);
    },
    onProgress: (done, total) => {
      const now = performance.now();
      if (!terminal || (now - drawn < 50 && done < total)) return;
      drawn = now;
      drawProgress(done, total);
    },
  });
  let interrupted = 0; // the exit code that the signal asks for
  const { promise: gaveUp, resolve: giveUp } = Promise.withResolvers<void>();
  let patience: ReturnType<typeof setTimeout> | undefined;
  const stop = (code: number) => {
    // A read that is blocked cannot be aborted: the second time, or after a second, it is left alone.
    if (interrupted) giveUp();
    interrupted = code;
    patience ??= setTimeout(giveUp, 1000);
    machine.remove(["ProcessingFile", "InProgress"]); // ends its context, and with it all streams
  };
  const onInterrupt = () => stop(130);
  const onTerminate = () => stop(143);
  let summary: Summary | undefined;
  machine.on("FileProcessedState", (e) => summary = e.args.summary);
  // The streams have been torn down when the handler's promise is rejected, not before.
  const stopped = new Promise<void>((resolve) => {
    machine.addTracer({ handlerRejected: () => resolve() });
  });
  Deno.addSignalListener("SIGINT", onInterrupt);
  Deno.addSignalListener("SIGTERM", onTerminate);
  try {
    machine.add("ProcessingFile");
    await Promise.race([machine.when("FileProcessed"), machine.whenErr(), stopped, gaveUp]);
    if (interrupted) {
      clearBar();
      console.error("Canceled: nothing was written");
      return interrupted;
    }
  } finally {
    clearTimeout(patience);
    Deno.removeSignalListener("SIGINT", onInterrupt);
    Deno.removeSignalListener("SIGTERM", onTerminate);
  }
  if (!summary) {
    console.error(machine.err?.message.split("\n")[0] ?? "Unknown error");
    return 2;
  }
  console.log(`${summary.bytes} bytes read, ${summary.written} written to ${summary.output}`);
  console.log(`sha256 ${summary.digest}`);
  console.log(machine.toString());
  return 0;
}

if (import.meta.main) {
  debugEnv(); // AM_DBG_ADDR=1 shows the machine in the debugger
  Deno.exitCode = await main(Deno.args);
  if (Deno.exitCode >= 130) Deno.exit(); // whatever is still blocked
}
