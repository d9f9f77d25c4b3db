// Package compat holds the probes of whoever opens a site with another browser: what its markup leaves to guessing, which
// features it takes for granted, and what is left without scripts, without cookies, on paper and in other colours.
package compat

import (
	"context"
	"net/url"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Probes are all of them, in the order of reports.
func Probes() []*agents.Probe {
	return []*agents.Probe{
		doctype(), htmlValidity(), baselineFeatures(), vendorPrefix(), noJS(), cookiesOff(), firefoxParity(), printCSS(), colorSchemes(), deprecatedAPI(),
	}
}

// inTab makes a check of a page that is opened with a setting.
func inTab(setting browser.Setting, run func(context.Context, *agents.Lab, *surface.Page, *browser.Tab) agents.Outcome) agents.Check {
	return agents.Each(pages.Drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
		t, err := pages.Open(ctx, lab, p, setting)
		if err != nil {
			return agents.Block("the page could not be looked at: %v", err)
		}
		defer t.Close()
		return run(ctx, lab, p, t)
	})
}

// pathOf is an address without its origin.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.RequestURI()
}
