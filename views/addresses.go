package views

import (
	"context"
	"net/url"
	"strings"

	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/rag/site"
)

// AddressesView is the addresses that a collection is filled from, and what was entered for a new one that could not be
// added.
type AddressesView struct {
	Collection library.Collection
	Sources    []site.Source
	Entered    site.Source
	Mistakes   Mistakes
}

// AddressView is what the last look at an address found: the pages that a filter lets through, a part of them.
type AddressView struct {
	Collection  library.Collection
	Source      site.Source
	Pages       []site.Page
	State       site.State
	After, Next string
	Entered     site.Source // in the form
	Mistakes    Mistakes
}

func addressHref(v site.Source) string { return "/collections/" + v.Collection + "/addresses/" + v.ID }

// address of the list with this filter.
func (v AddressView) address(state site.State, after string) string {
	q := url.Values{}
	if state != "" {
		q.Set("state", string(state))
	}
	if after != "" {
		q.Set("after", after)
	}
	if len(q) == 0 {
		return addressHref(v.Source)
	}
	return addressHref(v.Source) + "?" + q.Encode()
}

func kindText(ctx context.Context, k site.Kind) string {
	switch k {
	case site.Map:
		return tr(ctx, "Site map")
	case site.Links:
		return tr(ctx, "Page and what it links to")
	case site.One:
	}
	return tr(ctx, "One page")
}

func kindHelp(ctx context.Context, k site.Kind) string {
	switch k {
	case site.Map:
		return tr(ctx, "The pages that the site itself names. The address may be that of the site map, or of the site.")
	case site.Links:
		return tr(ctx, "Links are followed from page to page, but not off the site, nor above this address.")
	case site.One:
	}
	return tr(ctx, "Nothing but the page at this address. It may be a PDF or another file too.")
}

func kindIcon(k site.Kind) string {
	switch k {
	case site.Map:
		return "list-tree"
	case site.Links:
		return "waypoints"
	case site.One:
	}
	return "globe"
}

var addressKinds = []site.Kind{site.One, site.Map, site.Links}

func sourceStatus(ctx context.Context, s site.Status) string {
	switch s {
	case site.Waiting:
		return tr(ctx, "Waiting")
	case site.Working:
		return tr(ctx, "In work")
	case site.Paused:
		return tr(ctx, "Paused")
	case site.Failed:
		return tr(ctx, "Failed")
	case site.Ready:
	}
	return tr(ctx, "Ready")
}

func sourceIcon(s site.Status) string {
	switch s {
	case site.Waiting:
		return "clock"
	case site.Working:
		return "loader-circle"
	case site.Paused:
		return "circle-pause"
	case site.Failed:
		return "circle-alert"
	case site.Ready:
	}
	return "circle-check"
}

func pageState(ctx context.Context, s site.State) string {
	switch s {
	case site.Open:
		return tr(ctx, "Waiting")
	case site.New:
		return tr(ctx, "New")
	case site.Changed:
		return tr(ctx, "Changed")
	case site.Same:
		return tr(ctx, "Unchanged")
	case site.Gone:
		return tr(ctx, "Gone")
	case site.Broken:
		return tr(ctx, "Failed")
	case site.Skipped:
		return tr(ctx, "Left out")
	case site.Deleted:
		return tr(ctx, "Deleted here")
	}
	return tr(ctx, "All")
}

func pageTone(s site.State) string {
	switch s {
	case site.New, site.Changed:
		return "ok"
	case site.Gone:
		return "warn"
	case site.Broken:
		return "bad"
	default:
		return ""
	}
}

func everyChoices(ctx context.Context) []Choice {
	return []Choice{{string(site.Never), tr(ctx, "Only when I ask")}, {string(site.Daily), tr(ctx, "Every day")}, {string(site.Weekly), tr(ctx, "Every week")}}
}

// busy tells whether a source is looked at, or is about to be.
func busy(v site.Source) bool { return v.Status == site.Waiting || v.Status == site.Working }

// lookProgress says how far a look is.
func lookProgress(ctx context.Context, v site.Source) string {
	if v.Counts.Found == 0 {
		return tr(ctx, "Looking for pages")
	}
	return tr(ctx, "{done} of {total} pages", "done", v.Counts.Found-v.Counts.Waiting, "total", v.Counts.Found)
}

func tagsText(tags []string) string { return strings.Join(tags, ", ") }
