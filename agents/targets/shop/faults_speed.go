package shop

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// swift are the pages on which the shop can be slow, heavy, or give in when many come at once.
func (s *Shop) swift() {
	var reports, archive atomic.Int64
	var till sync.Mutex
	s.page("GET /reports", "Reports of the years", func(w http.ResponseWriter, r *http.Request) {
		inside := reports.Add(1)
		defer reports.Add(-1)
		s.linger(r, "slow-reports", 950*time.Millisecond)
		if s.has("crowded-reports") && inside > 8 {
			http.Error(w, "The reports are being read by too many people.", http.StatusInternalServerError)
			return
		}
		s.tell(w, r, "Reports of the years", "<p>Every spring we write down what we have made, what it has cost, and what came back to be mended.</p>"+
			`<p>Labels to send them with: <a href="/labels/1">for boxes</a>, <a href="/labels/2">for parcels</a>, <a href="/labels/3">for crates</a>.</p>`)
	})
	s.page("GET /archive", "What we used to make", func(w http.ResponseWriter, r *http.Request) {
		inside := archive.Add(1)
		defer archive.Add(-1)
		s.linger(r, "slow-archive", 650*time.Millisecond)
		text := "<p>A round table of cherry, a stool with three legs, and a chest that took two winters.</p>"
		if s.has("mixed-shelves") && inside > 1 {
			text = "<p>A bench of pine that somebody else has asked for a moment ago.</p>"
		}
		s.tell(w, r, "What we used to make", text)
	})
	s.page("GET /till", "How to pay", func(w http.ResponseWriter, r *http.Request) {
		if s.has("single-till") || s.has("narrow-till") {
			till.Lock()
			defer till.Unlock()
			s.linger(r, "single-till", 600*time.Millisecond)
			if !s.has("single-till") {
				s.linger(r, "narrow-till", 300*time.Millisecond)
			}
		}
		s.tell(w, r, "How to pay", "<p>In the workshop by card or in cash, and from far away by transfer once the piece is ready.</p>")
	})
	s.magazine()
	s.sketchbook()
	s.prints()
}

// tell draws a page with a heading and a text of the shop's own.
func (s *Shop) tell(w http.ResponseWriter, r *http.Request, title, text string) {
	s.draw(w, r, http.StatusOK, "", view{Title: title, Body: htmlOf("<h1>" + title + "</h1>" + text)})
}

// linger lets an answer wait when a fault is on.
func (s *Shop) linger(r *http.Request, fault string, d time.Duration) {
	if !s.has(fault) {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
}

// file answers with a file that browsers ask for again and again.
func (s *Shop) file(path, kind string, before func(r *http.Request), body func() string) {
	s.mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
		if before != nil {
			before(r)
		}
		text := body()
		h := w.Header()
		h.Set("Content-Type", kind)
		h.Set("Cache-Control", "no-cache")
		h.Set("ETag", `"`+printOf([]byte(text))+`"`)
		if r.Header.Get("If-None-Match") == h.Get("ETag") {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write([]byte(text)) //nolint:errcheck // whoever asked is gone
	})
}

const (
	scripts = "text/javascript; charset=utf-8"
	styles  = "text/css; charset=utf-8"
)

// magazine is a page with a large lead, a style sheet and an ornament.
func (s *Shop) magazine() {
	s.page("GET /magazine", "Our magazine", func(w http.ResponseWriter, r *http.Request) {
		ornament := `<script src="/magazine/ornament.js" defer></script>`
		if s.has("waiting-for-ornament") {
			ornament = `<script src="/magazine/ornament.js"></script>`
		}
		s.draw(w, r, http.StatusOK, "", view{Title: "Our magazine", Head: htmlOf(`<link rel="stylesheet" href="/magazine/type.css">` + ornament + `<script src="/magazine/lead.js" defer></script>`),
			Body: htmlOf(`<h1>Our magazine</h1><p id="lead">The lead is being fetched…</p>`)})
	})
	s.file("/magazine/type.css", styles, func(r *http.Request) { s.linger(r, "late-type", 2100*time.Millisecond) }, func() string {
		return "#lead { font-size: 2.5rem; line-height: 1.2; min-height: 40rem; }\n"
	})
	s.file("/magazine/ornament.js", scripts, func(r *http.Request) { s.linger(r, "waiting-for-ornament", 400*time.Millisecond) }, func() string {
		return `document.documentElement.dataset.ornament = "leaf";` + "\n"
	})
	s.file("/magazine/lead.js", scripts, nil, func() string {
		return `const show = (text) => {
  const lead = document.createElement("p");
  lead.id = "lead";
  lead.textContent = text;
  document.getElementById("lead").replaceWith(lead);
};
fetch("/magazine/lead.txt").then((r) => { if (!r.ok) throw new Error(r.statusText); return r.text(); }).then(show).catch(() => show("The lead could not be fetched. Please come again later."));
`
	})
	s.file("/magazine/lead.txt", "text/plain; charset=utf-8", func(r *http.Request) { s.linger(r, "late-lead", 3*time.Second) }, func() string {
		return strings.Repeat("A workshop is a room in which time is measured in shavings, and in cups of tea that went cold. ", 4)
	})
}

// sketchbook is a page with scripts: a banner that comes later, two buttons, and the pieces by their numbers.
func (s *Shop) sketchbook() {
	s.page("GET /sketchbook", "Sketchbook", func(w http.ResponseWriter, r *http.Request) {
		s.draw(w, r, http.StatusOK, "", view{Title: "Sketchbook", Head: htmlOf(`<link rel="stylesheet" href="/sketchbook/sheet.css"><script src="/sketchbook/plates.js" defer></script><script src="/sketchbook/sheet.js" defer></script>`),
			Body: htmlOf(`<div id="banner"></div><h1>Sketchbook</h1><p>Drawings of what may be made one day.</p><p class="sheet">An empty sheet</p>
				<p><button id="arrange" type="button">Arrange</button> <button id="details" type="button" aria-expanded="false" aria-controls="more">Details</button></p><p id="more" hidden>Pencil on paper, in no order.</p><p id="pieces"></p>`)})
	})
	s.file("/sketchbook/sheet.css", styles, nil, func() string {
		css := ".sheet { min-height: 24rem; border: 1px solid currentColor; }\n"
		if !s.has("jumping-banner") {
			css += "#banner { min-height: 16rem; }\n"
		}
		return css
	})
	s.file("/sketchbook/banner.txt", "text/plain; charset=utf-8", func(r *http.Request) {
		select {
		case <-time.After(150 * time.Millisecond):
		case <-r.Context().Done():
		}
	}, func() string { return "New drawings every Sunday" })
	s.file("/sketchbook/plates.js", scripts, nil, func() string {
		if !s.has("unused-plates") {
			return "window.plates = [1, 2, 3];\n"
		}
		var b strings.Builder
		for i := range 1400 {
			fmt.Fprintf(&b, "function plate%d() { return 'A plate that is drawn when somebody asks for it, and nobody ever did so far %d'; }\n", i, i)
		}
		return b.String()
	})
	s.file("/sketchbook/sheet.js", scripts, nil, s.sheet)
}

// sheet is the script of the sketchbook. Work is counted in rounds, not in time.
func (s *Shop) sheet() string {
	either := func(fault, on, off string) string {
		if s.has(fault) {
			return on
		}
		return off
	}
	return `"use strict";
const of = (id) => document.getElementById(id);
const work = (rounds) => { let sum = 0; for (let i = 0; i < rounds * 1e6; i++) sum += i % 7; return sum; };
fetch("/sketchbook/banner.txt").then((r) => r.text()).then((text) => {
  of("banner").textContent = text; of("banner").style.height = "16rem";
  of("banner").dataset.sum = work(` + either("hard-start", "500", "5") + `);
  for (let i = 0; i < ` + either("measured-again", "4000", "4") + `; i++) { of("banner").style.paddingLeft = i % 5 + "px"; of("banner").dataset.w = of("banner").offsetHeight; }
}).catch(() => { of("banner").textContent = "Nothing is new today."; });
const unsaid = () => { of("pieces").textContent = "The pieces could not be fetched. Please come again later."; };
let arranged = 0;
of("arrange").addEventListener("click", () => { document.querySelector(".sheet").dataset.sum = work(` + either("slow-to-arrange", "600", "5") + `); document.querySelector(".sheet").textContent = "Arranged " + ++arranged + " times"; });
const kept = [];
of("details").addEventListener("click", () => {
  const open = of("details").getAttribute("aria-expanded") === "true";
  of("details").setAttribute("aria-expanded", String(!open)); of("more").hidden = open;
  ` + either("keeps-everything", "kept.push(new Array(20000).fill(1.5));", "kept[0] = new Array(20000).fill(1.5);") + `
});
` + either("one-by-one", `Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((n) => fetch("/api/v1/products/" + n).then((r) => r.json()))).then((list) => { of("pieces").textContent = list.map((p) => p.name).join(", "); }).catch(unsaid);`,
		`fetch("/api/v1/products?limit=8").then((r) => r.json()).then((list) => { of("pieces").textContent = list.items.map((p) => p.name).join(", "); }).catch(unsaid);`) + "\n"
}

// prints is a page with pictures.
func (s *Shop) prints() {
	style := func() string {
		swap := "font-display: swap; "
		if s.has("waiting-for-font") {
			swap = ""
		}
		return "@font-face { font-family: Workshop; " + swap + "src: url(/prints/workshop.woff2) format(\"woff2\"); }\n.print { display: block; margin: 1rem 0; max-width: 100%; height: auto; }\n" +
			strings.Repeat("/* Prints hang in rows, with room between them, so that each can be seen by itself. */\n", 20)
	}
	s.page("GET /prints", "Prints", func(w http.ResponseWriter, r *http.Request) {
		thumbnail := `width="400" height="300"`
		if s.has("large-thumbnail") {
			thumbnail = `width="100" height="75"`
		}
		s.draw(w, r, http.StatusOK, "", view{Title: "Prints", Head: htmlOf(`<link rel="stylesheet" href="/prints/rows-` + printOf([]byte(style())) + `.css"><script src="/prints/frames.js" defer></script>`),
			Body: htmlOf(`<h1>Prints</h1><p>See <a href="/prints/all">all of our things</a>.</p>
				<img class="print" src="/prints/wood.jpg" ` + thumbnail + ` alt="Rings of a walnut tree"><img class="print" src="/prints/poster" width="300" height="200" alt="A poster of grain"><img class="print" src="/prints/wall.jpg" width="900" height="700" alt="The wall of the workshop">`)})
	})
	s.mux.HandleFunc("GET /prints/{name}", func(w http.ResponseWriter, r *http.Request) {
		name, h := r.PathValue("name"), w.Header()
		var body []byte
		switch name {
		case "all":
			to := "/products"
			if s.has("long-way") {
				to = "/prints/everything"
			}
			http.Redirect(w, r, to, http.StatusFound)
			return
		case "everything":
			http.Redirect(w, r, "/products", http.StatusFound)
			return
		case "rows-" + printOf([]byte(style())) + ".css":
			body = []byte(style())
			h.Set("Content-Type", styles)
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
			if s.has("hasty-rows") {
				h.Set("Cache-Control", "public, max-age=60")
			}
			if s.has("unpacked-rows") {
				h.Set("Content-Encoding", "identity")
			}
		case "frames.js":
			body = []byte(`document.documentElement.dataset.frames = "oak";` + "\n")
			h.Set("Content-Type", scripts)
			h.Set("Cache-Control", "no-cache")
			h.Set("ETag", `"`+printOf(body)+`"`)
			if r.Header.Get("If-None-Match") == h.Get("ETag") && !s.has("forgetful-frames") {
				w.WriteHeader(http.StatusNotModified)
				return
			}
		case "workshop.woff2":
			body = []byte("wOF2")
			h.Set("Content-Type", "font/woff2")
			h.Set("Cache-Control", "public, max-age=31536000")
		case "wood.jpg":
			body = pictures().wood
		case "wall.jpg":
			body = pictures().small
			if s.has("heavy-wall") {
				body = pictures().wall
			}
			if s.has("locked-prints") {
				s.mu.Lock()
				defer s.mu.Unlock()
			}
		case "poster":
			body = pictures().poster
			if s.has("poster-of-points") {
				body = pictures().points
			}
		default:
			s.missing(w, r)
			return
		}
		if h.Get("Content-Type") == "" {
			h.Set("Content-Type", http.DetectContentType(body))
			h.Set("Cache-Control", "public, max-age=31536000")
		}
		_, _ = w.Write(body) //nolint:errcheck // whoever asked is gone
	})
}

type album struct{ wood, small, wall, poster, points []byte }

// pictures are drawn once, when somebody looks at them first.
var pictures = sync.OnceValue(func() album {
	asJPEG := func(w, h int) []byte {
		var b bytes.Buffer
		_ = jpeg.Encode(&b, grain(w, h), &jpeg.Options{Quality: 80}) //nolint:errcheck // a buffer takes everything
		return b.Bytes()
	}
	var points bytes.Buffer
	_ = png.Encode(&points, grain(300, 200)) //nolint:errcheck // a buffer takes everything
	return album{wood: asJPEG(400, 300), small: asJPEG(300, 233), wall: asJPEG(2520, 1960), poster: asJPEG(300, 200), points: points.Bytes()}
})

// grain is a picture that is hard to pack.
func grain(w, h int) image.Image {
	picture, seed := image.NewRGBA(image.Rect(0, 0, w, h)), uint32(7)
	for y := range h {
		for x := range w {
			seed = seed*1664525 + 1013904223
			v := uint8(90 + seed>>25) // the upper bits of a linear generator are the good ones
			picture.SetRGBA(x, y, color.RGBA{v, v - uint8(seed>>28), uint8(60 + x%64), 255})
		}
	}
	return picture
}
