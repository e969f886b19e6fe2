/**
 * The founding example as a program: compresses a file with gzip while its SHA-256 is computed.
 * ProcessingFile → FileProcessed, with InProgress and Exception.
 *
 *     deno task demo [FILE]
 *
 * Writes FILE.gz into the current folder. Ctrl+C cancels through the state's context: no partial
 * output is left, and the exit code is 130. A file that cannot be processed gives exit code 2.
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

/** Streams a file through SHA-256 and gzip; removes the output if it cannot be finished. */
async function compress(
  input: string,
  { output, onProgress }: ProcessFileOptions,
  signal: AbortSignal,
): Promise<Summary> {
  using source = await Deno.open(input);
  const { size, isDirectory } = await source.stat();
  if (isDirectory) throw new Error(`Cannot process ${JSON.stringify(input)}: it is a directory`);
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
  using target = await Deno.open(output, { write: true, create: true, truncate: true });
  try {
    await source.readable
      .pipeThrough(observe, { signal })
      .pipeThrough(new CompressionStream("gzip"))
      // Not through `target.writable`: that would not tell that the disk is full.
      .pipeTo(new WritableStream({ write: (chunk) => writeAll(target, chunk) }), { signal });
    const { size: written } = await Deno.stat(output);
    return { input, output, bytes, written, digest: hash.digest("hex") };
  } catch (error) {
    // Never a device like /dev/full, only what this run has made.
    if ((await Deno.stat(output)).isFile) await Deno.remove(output);
    throw error;
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
}

const BAR_WIDTH = 30;

function drawProgress(done: number, total: number): void {
  const share = total === 0 ? 1 : Math.min(done / total, 1);
  const filled = Math.round(share * BAR_WIDTH);
  const bar = "█".repeat(filled).padEnd(BAR_WIDTH, "░");
  Deno.stderr.writeSync(new TextEncoder().encode(`\r${bar} ${Math.floor(share * 100)} %`));
}

/** Runs the program and gives its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
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
  let interrupted = false;
  const onInterrupt = () => {
    interrupted = true;
    machine.remove(["ProcessingFile", "InProgress"]); // ends its context, and with it all streams
  };
  let summary: Summary | undefined;
  machine.on("FileProcessedState", (e) => summary = e.args.summary);
  // The streams have been torn down when the handler's promise is rejected, not before.
  const stopped = new Promise<void>((resolve) => {
    machine.addTracer({ handlerRejected: () => resolve() });
  });
  Deno.addSignalListener("SIGINT", onInterrupt);
  try {
    machine.add("ProcessingFile");
    await Promise.race([machine.when("FileProcessed"), machine.whenErr(), stopped]);
    if (interrupted) {
      clearBar();
      console.error("Canceled: nothing was written");
      return 130;
    }
  } finally {
    Deno.removeSignalListener("SIGINT", onInterrupt);
  }
  if (!summary) {
    console.error(describe(machine.err, input, output));
    return 2;
  }
  console.log(`${summary.bytes} bytes read, ${summary.written} written to ${summary.output}`);
  console.log(`sha256 ${summary.digest}`);
  console.log(machine.toString());
  return 0;
}

/** One line about what went wrong. */
function describe(error: Error | null, input: string, output: string): string {
  if (error instanceof Deno.errors.NotFound) {
    return `Cannot read ${JSON.stringify(input)}: there is no such file`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `Cannot process ${JSON.stringify(input)}: permission denied`;
  }
  if (error instanceof Deno.errors.IsADirectory) {
    return `Cannot process ${JSON.stringify(input)}: it is a directory`;
  }
  const message = String(error?.message ?? "unknown error");
  if (/no space|ENOSPC|os error 28/i.test(message)) {
    return `Cannot write ${JSON.stringify(output)}: no space is left on the device`;
  }
  return message.split("\n")[0];
}

if (import.meta.main) {
  debugEnv(); // AM_DBG_ADDR=1 shows the machine in the debugger
  Deno.exitCode = await main(Deno.args);
}
