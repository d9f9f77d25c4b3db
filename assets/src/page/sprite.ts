// Tells the scripts of this page where the icons are.

/** The address of the sprite, filled in when the scripts are built. */
declare const iconSprite: string;

export function announceSprite(): void {
  if (document.querySelector("meta[name=icons]")) return;
  const meta = document.createElement("meta");
  meta.name = "icons";
  meta.content = iconSprite;
  document.head.append(meta);
}
