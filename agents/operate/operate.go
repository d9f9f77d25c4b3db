// Package operate uses a page the way that people without a mouse do: it walks through it with Tab, and presses the
// controls that may be touched by whoever is to change nothing. What it sees is kept with the visit, so that all probes of
// a campaign share one walk and one round through the controls.
package operate

import (
	_ "embed"

	"github.com/atelier-studio/atelier/agents/browser"
)

//go:embed before.js
var before string

//go:embed walk.js
var walking string

//go:embed press.js
var pressing string

// setting is how pages are opened to be operated: with what remembers who listens to clicks.
func setting() browser.Setting { return browser.Setting{Before: before} }
