// The pages of campaigns: each has a part of its own, loaded where the page has its element.

const campaignPages: { [id: string]: (root: HTMLElement) => Promise<void> } = {
  campaigns: async (root) => (await import("./campaigns/list")).openList(root),
  board: async (root) => (await import("./campaigns/board")).openBoard(root),
  "campaign-form": async (root) => (await import("./campaigns/form")).openForm(root),
};

for (const [id, open] of Object.entries(campaignPages)) {
  const root = document.getElementById(id);
  if (root) void open(root);
}
