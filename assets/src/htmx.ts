// Loaded on the pages beside the editor: parts of them are exchanged without loading the page again.

import "htmx.org";
