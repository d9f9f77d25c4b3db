package web

import (
	"context"
	"net/http"

	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/rag/read"
	"github.com/atelier-studio/atelier/store"
)

// Bounds of an upload: one file of the largest size, or many small ones. Browsers send a folder in several requests.
const (
	uploadBody  = read.MaxFile + 1<<20
	maxUploaded = 1000
)

type documentsIn struct {
	ID     string `path:"id"`
	Status string `query:"status" doc:"queued, working, paused, ready or failed."`
	Query  string `query:"q" doc:"Words of the name or the title."`
	Cursor string `query:"cursor" doc:"The next of the page before."`
	Limit  int    `query:"limit" doc:"50 when left out, at most 200."`
}

type documentsOut struct {
	Documents []library.Document `json:"documents" doc:"The newest first."`
	Next      string             `json:"next,omitempty" doc:"Asks for the page after; left out at the end."`
}

func apiDocuments(s *Server, c *Ctx, in documentsIn) (documentsOut, error) {
	id, err := s.Store.CollectionID(c.Request().Context(), c.Scope(), in.ID)
	if err != nil {
		return documentsOut{}, err
	}
	found, next, err := s.Store.Documents(c.Request().Context(), c.Scope(), id,
		store.DocumentFilter{Status: library.Status(in.Status), Query: in.Query, Cursor: in.Cursor, Limit: in.Limit})
	return documentsOut{list(found), next}, err
}

type uploadIn struct {
	ID string `path:"id"`
}

// uploaded is what became of a file.
type uploaded struct {
	Name     string            `json:"name"`
	Document *library.Document `json:"document,omitempty"`
	Fresh    bool              `json:"fresh" doc:"False: the same bytes were there already."`
	Error    string            `json:"error,omitempty" doc:"Why it was not taken."`
}

type uploadOut struct {
	Files []uploaded `json:"files"`
}

// apiUpload queues files to be taken in. Each is judged by itself; the part's filename may be a path.
func apiUpload(s *Server, c *Ctx, in uploadIn) error {
	ctx, scope := c.Request().Context(), c.Scope()
	id, err := s.Store.CollectionID(ctx, scope, in.ID)
	if err != nil {
		return err
	}
	parts, err := c.Request().MultipartReader()
	if err != nil {
		return formError(err)
	}
	up := upload{Server: s, c: c, collection: id, out: uploadOut{Files: []uploaded{}}}
	if err := up.read(parts); err != nil {
		if len(up.out.Files) > 0 { // what came before is kept
			s.collectionChanged(context.WithoutCancel(ctx), scope.Workspace(), id)
		}
		return err
	}
	if len(up.out.Files) == 0 {
		return invalidInput("There is no file in the request.")
	}
	s.collectionChanged(ctx, scope.Workspace(), id)
	return writeJSON(c, http.StatusAccepted, up.out)
}

type documentIn struct {
	ID       string `path:"id"`
	Document string `path:"document"`
}

func apiOneDocument(s *Server, c *Ctx, in documentIn) (library.Document, error) {
	return s.Store.Document(c.Request().Context(), c.Scope(), in.ID, in.Document)
}

type documentTextOut struct {
	Document library.Document `json:"document"`
	Text     string           `json:"text"`
	Chunks   []chunkOut       `json:"chunks"`
}

// chunkOut is a chunk as people see it; Start and End count UTF-16 units of the text, as browsers do.
type chunkOut struct {
	Number   uint32   `json:"number"`
	Start    int      `json:"start" doc:"UTF-16 units of the text."`
	End      int      `json:"end" doc:"UTF-16 units of the text."`
	Page     int      `json:"page,omitempty"`
	Headings []string `json:"headings"`
}

func apiDocumentText(s *Server, c *Ctx, in documentIn) (documentTextOut, error) {
	ctx := c.Request().Context()
	d, err := s.Store.Document(ctx, c.Scope(), in.ID, in.Document)
	if err != nil {
		return documentTextOut{}, err
	}
	content, err := s.Store.DocumentText(ctx, c.Scope(), in.ID, in.Document)
	if err != nil {
		return documentTextOut{}, err
	}
	out := documentTextOut{Document: d, Text: content.Text, Chunks: make([]chunkOut, len(content.Chunks))}
	place := units(content.Text)
	for i, k := range content.Chunks {
		out.Chunks[i] = chunkOut{k.Number, place(k.Start), place(k.End), k.Page, list(k.Headings)}
	}
	return out, nil
}

// units returns a function that tells how many UTF-16 units stand before a byte of the text. Places must be asked for in
// about their order.
func units(text string) func(at int) int {
	byteAt, unitAt := 0, 0
	return func(at int) int {
		if at < byteAt {
			byteAt, unitAt = 0, 0
		}
		for _, r := range text[byteAt:min(at, len(text))] {
			if unitAt++; r > 0xffff {
				unitAt++
			}
		}
		byteAt = min(at, len(text))
		return unitAt
	}
}

// apiDocumentFile gives a document's bytes as they came: only ever to be saved.
func apiDocumentFile(s *Server, c *Ctx, in documentIn) error {
	ctx := c.Request().Context()
	d, err := s.Store.Document(ctx, c.Scope(), in.ID, in.Document)
	if err != nil {
		return err
	}
	data, err := s.Store.DocumentFile(ctx, c.Scope(), in.ID, in.Document)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Disposition", attachment(d.Name))
	cage(h)
	return c.Blob(http.StatusOK, "application/octet-stream", data)
}

type orderIn struct {
	ID    string   `path:"id" json:"-"`
	Order string   `json:"order" doc:"pause, resume, retry, again or delete."`
	IDs   []string `json:"ids,omitempty" doc:"Of documents; left out: all of the collection, but for delete."`
}

type orderOut struct {
	Count int `json:"count" doc:"How many documents it concerned."`
}

func apiOrderDocuments(s *Server, c *Ctx, in orderIn) (out orderOut, err error) {
	ctx, scope := c.Request().Context(), c.Scope()
	id, err := s.Store.CollectionID(ctx, scope, in.ID)
	if err != nil {
		return out, err
	}
	if len(in.IDs) > 10_000 {
		return out, invalidInput("At most %d documents can be chosen at once.", 10_000)
	}
	if in.Order == "delete" {
		out.Count, err = s.Store.DeleteDocuments(ctx, scope, id, in.IDs...)
	} else {
		out.Count, err = s.Store.OrderDocuments(ctx, scope, id, store.Order(in.Order), in.IDs...)
	}
	if out.Count > 0 {
		s.collectionChanged(ctx, scope.Workspace(), id)
	}
	return out, err
}
