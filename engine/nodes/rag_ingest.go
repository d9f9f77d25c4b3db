package nodes

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/rag/library"
)

// maxDocument is the largest document that a node takes in, in bytes.
const maxDocument = 64 << 20

// lookEvery is the time between two looks at a document that is being taken in.
const lookEvery = 200 * time.Millisecond

func init() {
	define(engine.Kind{
		Name: "rag.ingest", Title: "Add to documents", Group: "Documents", Icon: "file-plus", PerItem: true, Class: engine.IO, World: true, Effect: engine.Idempotent,
		Summary: "Takes a text, a file or a web page of each item into a collection, so that it can be searched.",
		Doc: `A document has a **name** that is its own in the collection: what has the same name is replaced once the new version is ready, and the same bytes again change nothing. PDF, Word, Excel, HTML, Markdown, text, CSV, JSON and code are read; a text is taken as Markdown unless the name ends otherwise.

A page of the web is fetched from its **address**, under which it is kept. It is asked for only once it has changed, where its site can tell; a site's robots.txt is kept to, and private addresses are out of reach unless the administrator allows them. Whole sites are added under Documents, where they are looked at again by themselves.

The step waits until the document can be searched, and goes on with ` + "`document`, `status`, `chunks` and `title`" + `. A document that cannot be read fails it, with the reason. When the time is up, or with a time of 0, the status says how far it came; the work goes on.`,
		Keywords: []string{"rag", "index", "upload", "knowledge", "collection", "embed", "chunk", "import", "pdf", "url", "web", "page", "address"},
		Examples: []engine.Example{
			{Name: "A text", Needs: "documents", Params: params("collection", "Handbook", "name", "=faq/{{ $json.id }}.md", "text", "={{ $json.text }}", "tags", list("faq")), Input: in(obj("id", 7, "text", "Gift cards never expire."))},
			{Name: "A page of the web", Needs: "documents", Params: params("collection", "Handbook", "address", "={{ $json.link }}", "wait", 0), Input: in(obj("link", "https://docs.example.com/returns"))},
			{Name: "Neither text nor file", Needs: "documents", Params: params("collection", "Handbook", "name", "a.md"), Input: in(obj()), Error: "a file or an address"},
		},
	}, ragIngest{Wait: 120}, runRAGIngest)
}

type ragIngest struct {
	Collection string   `json:"collection" form:"Collection" placeholder:"Handbook" required:"true"`
	Text       string   `json:"text" form:"Text" widget:"textarea" placeholder:"={{ $json.text }}"`
	File       string   `json:"file" form:"Or file" help:"Name of a file of the item."`
	Address    string   `json:"address" form:"Or web address" placeholder:"https://docs.example.com/returns" help:"Of a page that is fetched."`
	Name       string   `json:"name" form:"Name" placeholder:"=faq/{{ $json.id }}.md" help:"Its own in the collection, a path if you like. Empty: the file's."`
	Tags       []string `json:"tags" form:"Tags"`
	Wait       float64  `json:"wait" form:"Wait at most (seconds)" min:"0" max:"3600" help:"Until it can be searched."`
}

func runRAGIngest(ctx context.Context, d *Deps, p ragIngest, c *engine.Call) (engine.Outputs, error) {
	if d.Collections == nil {
		return nil, fmt.Errorf("there are no collections of documents here: they need the studio: %w", errors.ErrUnsupported)
	}
	n, err := p.document(ctx, d, c)
	if err != nil {
		return nil, err
	}
	doc, err := p.add(ctx, d, c, n)
	if err != nil {
		return nil, err
	}
	limit := time.NewTimer(time.Duration(p.Wait * float64(time.Second)))
	defer limit.Stop()
	for waiting := p.Wait > 0; waiting && (doc.Status == library.Queued || doc.Status == library.Working); {
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-limit.C:
			waiting = false
		case <-time.After(lookEvery):
		}
		if doc, err = d.Collections.Document(ctx, c.Run.Workspace, doc.Collection, doc.ID); err != nil {
			return nil, fmt.Errorf("the document %q is gone: %w", n.Name, err)
		}
	}
	if doc.Status == library.Failed {
		return nil, fmt.Errorf("the document %q cannot be taken in: %s: %w", n.Name, doc.Error, fs.ErrInvalid)
	}
	it := c.Item()
	m := own(it.JSON)
	m["document"], m["name"], m["status"], m["chunks"], m["title"] = doc.ID, doc.Name, string(doc.Status), float64(doc.Chunks), doc.Title
	return engine.One([]engine.Item{changedItem(it, m)}), nil
}

// document is what is to be taken in.
func (p ragIngest) document(ctx context.Context, d *Deps, c *engine.Call) (n NewDocument, err error) {
	n = NewDocument{Name: strings.TrimSpace(p.Name), Tags: p.Tags}
	switch {
	case p.Collection == "":
		return n, bad("collection", "choose a collection: its name, as it stands under Documents")
	case strings.TrimSpace(p.Text) != "":
		if n.Data = []byte(p.Text); n.Name == "" {
			return n, bad("name", "the document needs a name, such as faq/7.md")
		}
		if base := n.Name[strings.LastIndexByte(n.Name, '/')+1:]; !strings.Contains(base, ".") {
			n.Name += ".md"
		}
		return n, nil
	case p.File != "":
		f, err := fileOf(c.Item(), p.File)
		if err != nil {
			return n, about("file", err, "%s", err)
		}
		n.Name = cmp.Or(n.Name, f.Name)
		n.Data, err = d.readFile(ctx, c, c.Item(), p.File, maxDocument)
		return n, err
	case strings.TrimSpace(p.Address) != "":
		n.Name = p.Address
		return n, nil
	}
	return n, bad("text", "give a text, a file or an address to take in: all are empty for this item")
}

// add hands over what is to be taken in. A page is fetched first.
func (p ragIngest) add(ctx context.Context, d *Deps, c *engine.Call, n NewDocument) (doc library.Document, err error) {
	if n.Data != nil {
		doc, err = d.Collections.Add(ctx, c.Run.Workspace, p.Collection, n)
	} else {
		doc, err = d.Collections.AddAddress(ctx, c.Run.Workspace, p.Collection, n.Name, p.Tags)
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = noCollection(err, p.Collection)
	}
	return doc, err
}
