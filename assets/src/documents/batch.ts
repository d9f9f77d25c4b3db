// Cuts what is to be sent into requests that the server takes.

const bytesAtOnce = 16 * 1024 * 1024; // of one request, but for a single larger file
const filesAtOnce = 100;

/** Divides files into requests in their order: many small ones together, a large one alone. */
export function batches<T extends { file: { size: number } }>(files: readonly T[]): T[][] {
  const out: T[][] = [];
  let open: T[] = [];
  let bytes = 0;
  for (const one of files) {
    if (open.length > 0 && (open.length >= filesAtOnce || bytes + one.file.size > bytesAtOnce)) {
      out.push(open);
      [open, bytes] = [[], 0];
    }
    open.push(one);
    bytes += one.file.size;
  }
  if (open.length > 0) out.push(open);
  return out;
}
