package performance

import (
	"context"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

// What is opened and closed how often, and how much may stay.
const (
	warmUp       = 2
	rounds       = 10
	everyRounds  = 2
	mostOpeners  = 4
	mostGrowth   = 0.3
	littleGrowth = 300_000 // bytes
)

func memoryGrowth() *agents.Probe {
	return &agents.Probe{
		ID: "memory-growth", Title: "Memory that grows with every opening and closing",
		Decides:  "After two rounds to warm up, ten rounds of opening and closing what the page can show let the heap grow in every step, by more than 30 % and 300 kB in all, with everything collected that nobody needs.",
		Keeps:    "The size of the heap after every second round, and the controls.",
		Advice:   "Take listeners, timers and elements away when what they belong to is closed; look for lists that only grow.",
		Severity: agents.Medium, Needs: agents.NeedsBrowser, Skills: []string{"latency"},
		Check: agents.Each(scripted, staysSmall),
	}
}

// scripted are pages to draw on which scripts run.
func scripted(s *surface.Surface) []*surface.Page {
	var list []*surface.Page
	for _, p := range drawn(s) {
		if doc := reading.HTML(p.Answer); p.Answer == nil || doc != nil && doc.Find("script").Length() > 0 {
			list = append(list, p)
		}
	}
	return list
}

// silent keeps consoles from holding what is written to them.
const silent = `for (const k of ["log","info","debug","warn","error","dir","trace","table"]) console[k] = () => {};`

func staysSmall(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
	v, err := lab.Visits.Visit(ctx, p.URL, p.As)
	if err != nil {
		return agents.BlockOn(err)
	}
	openers := opening(v.Snapshot.Harmless())
	if len(openers) == 0 {
		return agents.Pass() // nothing on it opens
	}
	tab, err := lab.Open(ctx, p.As, browser.Setting{ReadOnly: true, Before: silent})
	if err != nil {
		return agents.BlockOn(err)
	}
	defer tab.Close()
	if err := tab.Go(ctx, p.URL); err != nil {
		return agents.BlockOn(err)
	}
	height := func() (float64, error) {
		return browser.Eval[float64](ctx, tab, "document.documentElement.scrollHeight")
	}
	var heaps []int64
	var tall float64
	for done := warmUp; done <= warmUp+rounds; done += everyRounds {
		turns := everyRounds
		if done == warmUp {
			turns = warmUp
		}
		if err := turn(ctx, tab, openers, turns); err != nil {
			return agents.BlockOn(err)
		}
		if here, err := tab.Location(ctx); err != nil || pathOf(here) != pathOf(v.Final) {
			return agents.Pass() // it leads elsewhere, and there is nothing to close
		}
		size, err := tab.Heap(ctx)
		if err != nil {
			return agents.BlockOn(err)
		}
		heaps = append(heaps, size)
		if done > warmUp {
			continue
		}
		if tall, err = height(); err != nil {
			return agents.BlockOn(err)
		}
	}
	if !grows(heaps) {
		return agents.Pass()
	}
	if now, err := height(); err != nil || now > 1.1*tall {
		return agents.Pass() // it shows more and more, and has to remember it
	}
	rows := [][]string{{"after rounds", "heap"}}
	for i, size := range heaps {
		rows = append(rows, []string{fmt.Sprint(warmUp + i*everyRounds), fmt.Sprintf("%.0f kB", float64(size)/1000)})
	}
	last := heaps[len(heaps)-1]
	return agents.Fail(agents.Finding{
		Cause: p.Shape, Text: fmt.Sprintf("Ten rounds of opening and closing let the memory of scripts grow from %.0f kB to %.0f kB.", float64(heaps[0])/1000, float64(last)/1000),
		Evidence: []agents.Evidence{agents.Table("Heap", agents.ByBrowser, rows...), agents.Excerpt("Opened and closed", strings.Join(openers, "\n"))},
	})
}

// opening are the selectors of controls that show something.
func opening(controls []browser.Element) []string {
	var list []string
	for _, e := range controls {
		if e.Tag == "input" || len(list) == mostOpeners {
			continue
		}
		list = append(list, e.Selector)
	}
	return list
}

// turn opens and closes everything so many times: a click, Escape, and another click on what is still open. What is slow
// is done once.
func turn(ctx context.Context, tab *browser.Tab, openers []string, times int) error {
	_, err := browser.Eval[bool](ctx, tab, `(async () => {
		const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 15)));
		for (let i = 0; i < `+fmt.Sprint(times)+`; i++) for (const selector of `+browser.Quote(openers)+`) {
			const e = document.querySelector(selector);
			const slow = (window.__atelierSlow ??= new Set());
			if (!e || slow.has(selector)) continue;
			const begun = performance.now();
			e.click();
			if (performance.now() - begun > 300) slow.add(selector); // twelve rounds of it would take too long
			await frame();
			(document.activeElement || document.body).dispatchEvent(new KeyboardEvent("keydown", {key: "Escape", code: "Escape", bubbles: true})); await frame();
			if (e.getAttribute("aria-expanded") === "true" || e.parentElement?.open || !document.querySelector("dialog[open], [role=dialog]:not([hidden])") && e.isConnected) e.click();
			for (const d of document.querySelectorAll("dialog[open]")) d.close();
			await frame();
		}
		return true;
	})()`)
	return err
}

// grows tells whether sizes grow in every step, and more than a cache that fills would.
func grows(heaps []int64) bool {
	for i := 1; i < len(heaps); i++ {
		if heaps[i] <= heaps[i-1] {
			return false
		}
	}
	begin, middle, end := heaps[0], heaps[len(heaps)/2], heaps[len(heaps)-1]
	growth := end - begin
	return growth > littleGrowth && float64(growth) > mostGrowth*float64(begin) && (end-middle)*5 > growth
}
