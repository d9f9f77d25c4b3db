package journey

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/atelier-studio/atelier/agents/browser"
)

// expect waits until everything is as it has to be, and says what is not.
func expect(ctx context.Context, tab *browser.Tab, target *url.URL, e *Expect) (string, error) {
	var fault string
	err := wait(ctx, tab, func() (bool, error) {
		var err error
		fault, err = differs(ctx, tab, target, e)
		return fault == "", err
	})
	return fault, err
}

// differs says what is not as it has to be; "" when all is.
func differs(ctx context.Context, tab *browser.Tab, target *url.URL, e *Expect) (string, error) {
	here, err := tab.Location(ctx)
	if err != nil {
		return "", err
	}
	s, err := tab.Snapshot(ctx)
	if err != nil {
		return "", err
	}
	text := fold(s.Text)
	switch {
	case e.Text != "" && !strings.Contains(text, fold(e.Text)):
		return fmt.Sprintf("the page does not say %q", e.Text), nil
	case e.NoText != "" && strings.Contains(text, fold(e.NoText)):
		return fmt.Sprintf("the page says %q", e.NoText), nil
	case e.Title != "" && !strings.Contains(fold(s.Title), fold(e.Title)):
		return fmt.Sprintf("the title is %q", s.Title), nil
	case e.URL != "" && !at(target, here, e.URL):
		return "the address is " + here, nil
	}
	if e.Status != 0 {
		switch status := statusOf(tab.Log(), here); status {
		case e.Status:
		case 0:
			return "the page was not asked for: scripts drew it, or its address is not of the target", nil
		default:
			return fmt.Sprintf("the page answered %d", status), nil
		}
	}
	if e.State != nil {
		return state(ctx, tab, &s, e.State)
	}
	return "", nil
}

// at tells whether an address is the one that was named: whole, or by its path, with the query where one was named.
func at(target *url.URL, here, want string) bool {
	is, err := url.Parse(here)
	if err != nil {
		return false
	}
	to, err := target.Parse(want)
	if err != nil {
		return false
	}
	return is.Host == to.Host && strings.TrimSuffix(is.Path, "/") == strings.TrimSuffix(to.Path, "/") && (to.RawQuery == "" || is.RawQuery == to.RawQuery) && (to.Fragment == "" || is.Fragment == to.Fragment)
}

// statusOf is the status of the last document at an address.
func statusOf(log browser.Log, here string) int {
	here, _, _ = strings.Cut(here, "#")
	status := 0
	for _, q := range log.Requests {
		if address, _, _ := strings.Cut(q.URL, "#"); q.Type == "Document" && address == here && q.Status > 0 {
			status = q.Status
		}
	}
	return status
}

// state compares an element's state.
func state(ctx context.Context, tab *browser.Tab, s *browser.Snapshot, want *State) (string, error) {
	selector := want.Element
	for _, e := range s.Elements {
		if !e.Shadow && (fold(e.Label) == fold(want.Element) || fold(e.Text) == fold(want.Element)) {
			selector = e.Selector
			break
		}
	}
	is, err := browser.Eval[map[string]bool](ctx, tab, `(() => {
		let e = null;
		try { e = document.querySelector(`+browser.Quote(selector)+`); } catch { /* no selector */ }
		if (!e) return {hidden: true};
		const seen = e.checkVisibility ? e.checkVisibility({visibilityProperty: true}) : e.getClientRects().length > 0;
		const off = e.disabled === true || e.getAttribute("aria-disabled") === "true", on = e.checked === true || e.getAttribute("aria-checked") === "true";
		return {visible: seen, hidden: !seen, enabled: !off, disabled: off, checked: on, unchecked: !on, focused: document.activeElement === e};
	})()`)
	if err != nil || is[want.Is] {
		return "", err
	}
	return fmt.Sprintf("%q is not %s", want.Element, want.Is), nil
}
