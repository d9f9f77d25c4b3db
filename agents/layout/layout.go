// Package layout measures how a page is laid out at the sizes at which people look at it: what sticks out, what is cut off,
// what lies over what, how large targets are. A page is measured once for all probes of a campaign.
package layout

import (
	"context"
	_ "embed"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

//go:embed layout.js
var script string

// Page is a page as it looks in several windows.
type Page struct {
	Wide   *Look // 1280 by 800
	Spaced *Look // the same, with the distances between letters, words and lines that WCAG 1.4.12 names
	Zoomed *Look // the same window at 200 %
	Narrow *Look // 320 CSS pixels
	Phone  *Look // a phone of 390 by 844, upright
	Turned *Look // the same phone on its side
	// Over is how much of the upright phone belongs to what keeps its place, after scrolling a little.
	Over Over
}

// Look is how a page is laid out in one window.
type Look struct {
	Width    int       `json:"width"`
	Height   int       `json:"height"`
	Page     float64   `json:"page"`     // the width of the document
	Sideways float64   `json:"sideways"` // how far it can really be scrolled to the side
	Beyond   []Beyond  `json:"beyond"`
	Targets  []Target  `json:"targets"`
	Cut      []Cut     `json:"cut"`
	Words    Words     `json:"words"`
	Covered  []Covered `json:"covered"`
	Overlaps []Covered `json:"overlaps"`
	// Curtain lies over all that is seen; nil when nothing does.
	Curtain *browser.Part `json:"curtain"`
	Rotated bool          `json:"rotated"` // the page turns itself on its side
	Picture []byte        `json:"-"`
}

// Beyond is an element that sticks out to the side.
type Beyond struct {
	browser.Part
	Right float64 `json:"right"`
	// TwoWays tells that it is, or has, what needs two dimensions: a table, a picture, code.
	TwoWays bool `json:"twoWays"`
}

// Cut is a box that cuts a text off.
type Cut struct {
	browser.Part
	Text     string  `json:"text"`
	Sideways bool    `json:"sideways"` // or else at its bottom
	Lost     float64 `json:"lost"`     // pixels; of a line, in percent, at the bottom
	Ellipsis bool    `json:"ellipsis"`
	Clamp    bool    `json:"clamp"`
}

// Words are a page's characters by how they are set.
type Words struct {
	Total    int            `json:"total"`
	Small    int            `json:"small"` // below 12 pixels
	Sizes    map[string]int `json:"sizes"`
	Families map[string]int `json:"families"`
	BySort   map[string]struct {
		Size float64 `json:"size"`
		N    int     `json:"n"`
	} `json:"bySort"` // by selector
}

// Covered is a control that lies under another element.
type Covered struct {
	browser.Part
	By    browser.Part `json:"by"`
	Share float64      `json:"share"` // of it that is covered, of overlaps
}

// Over is what keeps its place while the page is scrolled.
type Over struct {
	Share float64        `json:"share"`
	Parts []browser.Part `json:"parts"`
}

// Phone is the window of a phone, upright.
func Phone() browser.Setting { return browser.Setting{Width: 390, Height: 844, Mobile: true} }

// Measured measures a page, or takes what another probe has measured.
func Measured(ctx context.Context, lab *agents.Lab, p *surface.Page) (*Page, error) {
	v, err := lab.Visits.Visit(ctx, p.URL, p.As)
	if err != nil {
		return nil, err
	}
	return browser.Once(ctx, v, "layout", func(ctx context.Context) (*Page, error) {
		t, err := pages.Open(ctx, lab, p, browser.Setting{})
		if err != nil {
			return nil, err
		}
		defer t.Close()
		return measureAll(ctx, t)
	})
}

func measureAll(ctx context.Context, t *browser.Tab) (*Page, error) {
	if err := t.Still(ctx); err != nil {
		return nil, err
	}
	page := &Page{}
	var err error
	if page.Wide, err = Measure(ctx, t, true); err != nil {
		return nil, err
	}
	if err := space(ctx, t, true); err != nil {
		return nil, err
	}
	if page.Spaced, err = Measure(ctx, t, false); err != nil {
		return nil, err
	}
	if err := space(ctx, t, false); err != nil {
		return nil, err
	}
	turned := Phone()
	turned.Width, turned.Height = turned.Height, turned.Width
	for _, step := range []struct {
		setting browser.Setting
		look    **Look
	}{
		{browser.Setting{}.Zoomed(2), &page.Zoomed}, {browser.Setting{Width: 320, Height: 640}, &page.Narrow}, {turned, &page.Turned}, {Phone(), &page.Phone},
	} {
		if err := t.Emulate(ctx, step.setting); err != nil {
			return nil, err
		}
		if *step.look, err = Measure(ctx, t, false); err != nil {
			return nil, err
		}
	}
	page.Over, err = browser.Inspect[Over](ctx, t, script+`
		scrollTo({ top: 300, behavior: "instant" });
		await new Promise((done) => setTimeout(done, 100));
		return over();`)
	return page, err
}

// Measure measures a tab as it is now. Covers looks for what is covered too, which scrolls the page about.
func Measure(ctx context.Context, t *browser.Tab, covers bool) (*Look, error) {
	look, err := browser.Inspect[*Look](ctx, t, script+"\nreturn measure("+browser.Quote(covers)+");")
	if err != nil {
		return nil, err
	}
	look.Picture, err = t.Screenshot(ctx, nil)
	return look, err
}

// space sets the distances that readers may set for themselves (WCAG 1.4.12), or takes them away.
func space(ctx context.Context, t *browser.Tab, on bool) error {
	_, err := browser.Inspect[bool](ctx, t, `
		if (`+browser.Quote(on)+`) {
			const sheet = new CSSStyleSheet();
			sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }");
			Object.defineProperty(window, "__atelierSpace", { value: sheet, configurable: true, enumerable: false });
			document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
		} else document.adoptedStyleSheets = document.adoptedStyleSheets.filter((s) => s !== window.__atelierSpace);
		return true;`)
	return err
}
