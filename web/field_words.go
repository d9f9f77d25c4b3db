package web

import (
	"strings"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/locales"
)

// fieldLabel says what a field of a drawing is called where people see it (assets/src/history/changes.ts says the same).
func fieldLabel(l locales.Language, path string, kind *engine.Kind) string {
	if name, param := strings.CutPrefix(path, "params."); param {
		if kind != nil {
			for _, p := range kind.Params {
				if p.Name == name && p.Label != "" {
					return locales.Say(l, p.Label)
				}
			}
		}
		return name
	}
	switch path {
	case "name":
		return locales.Say(l, "Name")
	case "kind":
		return locales.Say(l, "Kind")
	case "retry":
		return locales.Say(l, "Retries")
	case "timeout_ms":
		return locales.Say(l, "Time limit (ms)")
	case "on_error":
		return locales.Say(l, "On error")
	case "disabled":
		return locales.Say(l, "Disabled")
	case "note":
		return locales.Say(l, "Note")
	case "pinned":
		return locales.Say(l, "Pinned output")
	case "text":
		return locales.Say(l, "Text")
	case "color":
		return locales.Say(l, "Colour")
	case "size":
		return locales.Say(l, "Size")
	case "nodes":
		return locales.Say(l, "Nodes")
	case "concurrency":
		return locales.Say(l, "Runs at once")
	case "error_workflow":
		return locales.Say(l, "Error workflow")
	case "keep_runs_days":
		return locales.Say(l, "Days to keep runs")
	case "timezone":
		return locales.Say(l, "Time zone")
	case "mode":
		return locales.Say(l, "Mode")
	}
	return path
}
