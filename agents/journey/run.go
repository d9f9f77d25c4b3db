package journey

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents/browser"
)

const (
	patience = 8 * time.Second // for what is expected
	pause    = 200 * time.Millisecond
)

// Done is a step that was made.
type Done struct {
	Step    string `json:"step"`
	URL     string `json:"url"`
	Fault   string `json:"fault,omitempty"` // why it failed; it is then the last
	Picture []byte `json:"-"`               // PNG after it
}

// Run makes a journey in a tab, as far as it goes: the last step that is returned has a fault when it failed. The error is
// that of the browser or of ctx, and says nothing about the application.
func Run(ctx context.Context, tab *browser.Tab, target *url.URL, j Journey) ([]Done, error) {
	var list []Done
	for _, step := range j.Steps {
		fault, err := do(ctx, tab, target, step)
		if err != nil {
			return list, err
		}
		d := Done{Step: step.String(), Fault: fault}
		if d.URL, err = tab.Location(ctx); err != nil {
			return list, err
		}
		if d.Picture, err = tab.Screenshot(ctx, nil); err != nil {
			return list, err
		}
		list = append(list, d)
		if fault != "" {
			break
		}
	}
	return list, nil
}

// do makes a step, and says why it failed; "" when it did not.
func do(ctx context.Context, tab *browser.Tab, target *url.URL, s Step) (string, error) {
	switch {
	case s.Go != "":
		to, err := target.Parse(s.Go)
		if err != nil {
			return s.Go + " is no address", nil //nolint:nilerr // it is the journey's fault
		}
		if err := tab.Go(ctx, to.String()); err != nil {
			if ctx.Err() != nil {
				return "", err
			}
			return fmt.Sprintf("%s does not open: %v", to, err), nil
		}
		return "", nil
	case s.Click != "":
		return use(ctx, tab, s.Click, controls, func(selector string) error { return tab.Click(ctx, selector) })
	case s.Fill != nil:
		return use(ctx, tab, s.Fill.Field, fields, func(selector string) error { return tab.Fill(ctx, selector, s.Fill.With) })
	case s.Press != "":
		if err := tab.Press(ctx, keys[s.Press], false); err != nil {
			return "", err
		}
		return "", settle(ctx, tab)
	}
	return expect(ctx, tab, target, s.Expect)
}

var keys = map[string]string{"Enter": browser.Enter, "Tab": browser.Tabulator, "Escape": browser.Escape, "Space": browser.Space, "Up": browser.Up, "Down": browser.Down}

// use finds an element, waiting for it for a while, and does something with it.
func use(ctx context.Context, tab *browser.Tab, name string, fits func(browser.Element) bool, act func(selector string) error) (string, error) {
	var fault string
	err := wait(ctx, tab, func() (bool, error) {
		selector, why, err := find(ctx, tab, name, fits)
		if err != nil || why != "" {
			fault = why
			return false, err
		}
		fault = ""
		if err := act(selector); err != nil {
			if ctx.Err() != nil {
				return false, err
			}
			fault = err.Error()
			return false, nil
		}
		return true, nil
	})
	if err != nil || fault != "" {
		return fault, err
	}
	return "", settle(ctx, tab)
}

// wait asks again and again until something is so, or patience is over.
func wait(ctx context.Context, tab *browser.Tab, is func() (bool, error)) error {
	end := time.NewTimer(patience)
	defer end.Stop()
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for {
		ok, err := is()
		if ok || err != nil {
			return err
		}
		select {
		case <-ticker.C:
		case <-end.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
		if tab.Log().Crashed {
			return browser.ErrCrashed
		}
	}
}

func settle(ctx context.Context, tab *browser.Tab) error { return tab.Settle(ctx) }

func controls(e browser.Element) bool { return e.Interactive || e.Tag == "label" }

func fields(e browser.Element) bool {
	return e.Tag == "input" || e.Tag == "textarea" || e.Tag == "select"
}

// find looks for an element by its name: exactly, then by its beginning, then as a CSS selector. Why says why there is none.
func find(ctx context.Context, tab *browser.Tab, name string, fits func(browser.Element) bool) (selector, why string, err error) {
	s, err := tab.Snapshot(ctx)
	if err != nil {
		return "", "", err
	}
	want := fold(name)
	disabled := false
	for _, same := range []func(string) bool{func(label string) bool { return label == want }, func(label string) bool { return strings.HasPrefix(label, want) }} {
		for _, e := range s.Elements {
			if !e.Seen || e.Shadow || !fits(e) || !same(fold(e.Label)) && !same(fold(e.Text)) {
				continue
			}
			if e.Disabled {
				disabled = true
				continue
			}
			return e.Selector, "", nil
		}
	}
	found, err := browser.Eval[bool](ctx, tab, `(() => { try { return !!document.querySelector(`+browser.Quote(name)+`); } catch { return false; } })()`)
	switch {
	case err != nil:
		return "", "", err
	case found:
		return name, "", nil
	case disabled:
		return "", fmt.Sprintf("%q is disabled", name), nil
	}
	return "", fmt.Sprintf("there is no %q on the page, neither as a name nor as a selector", name), nil
}

func fold(s string) string {
	return strings.ToLower(strings.TrimRight(strings.Join(strings.Fields(s), " "), " *:"))
}
