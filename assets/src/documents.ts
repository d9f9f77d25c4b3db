// The pages of collections: each has a part of its own, loaded where the page has its element.

const pages: { [id: string]: (root: HTMLElement) => Promise<void> } = {
  documents: async (root) => (await import("./documents/shelf")).openShelf(root),
  reader: async (root) => (await import("./documents/reader")).openReader(root),
  ask: async (root) => (await import("./documents/ask")).openAsk(root),
  judged: async (root) => (await import("./documents/judged")).openJudged(root),
  evaluation: async (root) => (await import("./documents/evaluation")).openEvaluation(root),
  questions: async (root) => (await import("./documents/questions")).openQuestions(root),
  retrieval: async (root) => (await import("./documents/retrieval")).openRetrieval(root),
};

for (const [id, open] of Object.entries(pages)) {
  const root = document.getElementById(id);
  if (root) void open(root);
}
