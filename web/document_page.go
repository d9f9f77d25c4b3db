package web

import (
	"net/http"
	"sort"
	"strconv"

	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/views"
)

// shownChunks is how many chunks of a document stand on one page; a long document has several.
const shownChunks = 200

// documentPage shows a document's text with its chunks. The address may name a chunk, or the place in the list of chunks
// from which to show.
func documentPage(s *Server, c *Ctx) error {
	ctx := c.Context()
	found, err := s.Store.Collection(ctx, c.Scope(), c.Param("id"))
	if err != nil {
		return err
	}
	d, err := s.Store.Document(ctx, c.Scope(), found.ID, c.Param("document"))
	if err != nil {
		return err
	}
	v := views.DocumentView{Collection: *found, Document: d, Before: -1, After: -1}
	if d.Version > 0 {
		content, err := s.Store.DocumentText(ctx, c.Scope(), found.ID, d.ID)
		if err != nil {
			return err
		}
		from, _ := strconv.Atoi(c.QueryParam("from"))
		wanted, _ := strconv.ParseUint(c.QueryParam("chunk"), 10, 32)
		fillDocument(&v, content, from, uint32(wanted))
		v.Missing = wanted > 0 && v.Wanted == 0
	}
	page := c.collectionPage(v.Title(), views.Link{Text: found.Name, Href: "/collections/" + found.ID})
	return c.View(http.StatusOK, views.DocumentPage(page, v))
}

// fillDocument cuts the text into chunks and what stands between them.
func fillDocument(v *views.DocumentView, content *library.Content, from int, wanted uint32) {
	chunks := content.Chunks
	sort.SliceStable(chunks, func(i, j int) bool { return chunks[i].Start < chunks[j].Start })
	from = max(0, min(from, len(chunks)-1))
	for i, k := range chunks {
		if wanted > 0 && k.Number == wanted {
			from, v.Wanted = max(0, i-i%shownChunks), wanted
		}
	}
	from -= from % shownChunks
	to := min(from+shownChunks, len(chunks))
	if from > 0 {
		v.Before = from - shownChunks
	}
	at, end := 0, len(content.Text)
	if from > 0 {
		at = chunks[from].Start
	}
	if to < len(chunks) {
		v.After, end = to, max(chunks[to].Start, at)
	}
	v.First, v.Last, v.Count = from+1, to, len(chunks)
	page := 0
	for _, k := range chunks[from:to] {
		start, stop := min(max(k.Start, at), end), min(max(k.End, at), end)
		if start > at {
			v.Pieces = append(v.Pieces, views.TextPiece{Text: content.Text[at:start]})
		}
		piece := views.TextPiece{Chunk: k.Number, Text: content.Text[start:stop], Headings: k.Headings}
		if k.Page != page {
			piece.Page, page = k.Page, k.Page
		}
		v.Pieces = append(v.Pieces, piece)
		at = stop
	}
	if at < end {
		v.Pieces = append(v.Pieces, views.TextPiece{Text: content.Text[at:end]})
	}
}
