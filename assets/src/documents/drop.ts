// Files and folders that are dropped on the page, or chosen.

/** A file with its path within the folder that it came from. */
export interface Offered { path: string; file: File }

const maxFiles = 20_000; // that are taken from one drop

/** Calls back with what is dropped anywhere on the page or chosen by its buttons. */
export function watchDrops(page: HTMLElement, offer: (files: Offered[]) => void): void {
  let inside = 0;
  const holds = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  const mark = (over: boolean) => page.classList.toggle("is-dropping", over);
  document.addEventListener("dragenter", (event) => {
    if (!holds(event)) return;
    event.preventDefault();
    inside++;
    mark(true);
  });
  document.addEventListener("dragover", (event) => {
    if (holds(event)) event.preventDefault();
  });
  document.addEventListener("dragleave", (event) => {
    if (!holds(event)) return;
    inside = Math.max(0, inside - 1);
    if (inside === 0) mark(false);
  });
  document.addEventListener("drop", (event) => {
    if (!holds(event)) return;
    event.preventDefault();
    inside = 0;
    mark(false);
    // The entries must be asked for before the first wait: afterwards the browser has forgotten them.
    const items = [...event.dataTransfer!.items];
    const entries = items.map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
    const plain = [...event.dataTransfer!.files].map((file) => ({ path: file.name, file }));
    void (entries.length > 0 ? walk(entries) : Promise.resolve(plain)).then(offer);
  });
  document.addEventListener("click", (event) => {
    const what = (event.target as Element).closest<HTMLElement>("[data-add]")?.dataset["add"];
    if (what) choose(what === "folder", offer);
  });
}

function choose(folder: boolean, offer: (files: Offered[]) => void): void {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  if (folder) input.setAttribute("webkitdirectory", "");
  input.addEventListener("change", () => offer([...(input.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }))));
  input.click();
}

async function walk(entries: FileSystemEntry[]): Promise<Offered[]> {
  const found: Offered[] = [];
  const open = [...entries];
  while (open.length > 0 && found.length < maxFiles) {
    const entry = open.shift()!;
    try {
      if (entry.isFile) found.push({ path: entry.fullPath.replace(/^\//, ""), file: await fileOf(entry as FileSystemFileEntry) });
      else open.push(...(await children(entry as FileSystemDirectoryEntry)));
    } catch {
      // Gone, or not ours to read, since it was dropped: the others are taken.
    }
  }
  return found;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** All entries of a folder; a reader gives some at a time. */
async function children(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}
