package views

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/library"
)

// CollectionsView is the collections of a workspace, and what was entered for a new one that could not be made.
type CollectionsView struct {
	Collections          []library.Collection
	Name, Note, Language string
	Mistakes             Mistakes
}

// CollectionView is the documents of a collection: those that a filter lets through, a page of them.
type CollectionView struct {
	Collection    library.Collection
	Documents     []library.Document
	Status        library.Status
	Query, Cursor string
	Next          string
}

// DocumentStates are what documents can be filtered by, in the order of their way.
var DocumentStates = []library.Status{library.Queued, library.Working, library.Paused, library.Ready, library.Failed}

// Address of the list with this filter.
func (v CollectionView) address(status library.Status, cursor string) string {
	q := url.Values{}
	for name, value := range map[string]string{"status": string(status), "q": v.Query, "cursor": cursor} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return "/collections/" + v.Collection.ID
	}
	return "/collections/" + v.Collection.ID + "?" + q.Encode()
}

// query is the part of the address behind its path.
func (v CollectionView) query() string {
	_, query, found := strings.Cut(v.address(v.Status, v.Cursor), "?")
	if !found {
		return ""
	}
	return "?" + query
}

// open tells how many documents are neither ready nor failed.
func open(c library.Collection) int { return max(0, c.Documents-c.Ready-c.Failed) }

// DocumentView is the text of a document, or a part of it.
type DocumentView struct {
	Collection         library.Collection
	Document           library.Document
	Pieces             []TextPiece
	Wanted             uint32 // the chunk that the address names; 0: none
	Missing            bool   // the address names a chunk that is no more
	First, Last, Count int    // of the chunks that are shown
	Before, After      int    // from which chunk the parts before and after show; -1: there is none
}

// TextPiece is a chunk, or what stands between two.
type TextPiece struct {
	Chunk    uint32 // 0: between chunks
	Text     string
	Page     int // that begins here; 0: none
	Headings []string
}

// Title is what a document calls itself, or else its name.
func (v DocumentView) Title() string { return documentTitle(v.Document) }

func documentTitle(d library.Document) string {
	if d.Title != "" {
		return d.Title
	}
	return path.Base(d.Name)
}

func (v DocumentView) part(from int) string {
	return fmt.Sprintf("/collections/%s/documents/%s?from=%d", v.Collection.ID, v.Document.ID, from)
}

// documentStatus says how it stands with a document.
func documentStatus(ctx context.Context, s library.Status) string {
	switch s {
	case library.Queued:
		return tr(ctx, "Waiting")
	case library.Working:
		return tr(ctx, "In work")
	case library.Paused:
		return tr(ctx, "Paused")
	case library.Ready:
		return tr(ctx, "Ready")
	case library.Failed:
		return tr(ctx, "Failed")
	}
	return tr(ctx, "All")
}

func documentIcon(s library.Status) string {
	switch s {
	case library.Queued:
		return "clock"
	case library.Working:
		return "loader-circle"
	case library.Paused:
		return "circle-pause"
	case library.Ready:
		return "circle-check"
	}
	return "circle-alert"
}

// documentStages are what is done with a document, in this order.
var documentStages = []library.Stage{library.Reading, library.Chunking, library.Embedding, library.Indexing}

func stageText(ctx context.Context, s library.Stage) string {
	switch s {
	case library.Chunking:
		return tr(ctx, "Cutting into chunks")
	case library.Embedding:
		return tr(ctx, "Embedding")
	case library.Indexing:
		return tr(ctx, "Indexing")
	}
	return tr(ctx, "Reading")
}

// stageShare is how much of a stage is done, of 100: all of those before the one that a document is in.
func stageShare(d library.Document, stage library.Stage) int {
	at := func(s library.Stage) int {
		for i, one := range documentStages {
			if one == s {
				return i
			}
		}
		return -1
	}
	switch here, now := at(stage), at(d.Stage); {
	case here < now:
		return 100
	case here == now && d.Total > 0:
		return min(100, 100*d.Done/d.Total)
	}
	return 0
}

// progressText says the stage and how far it is in words.
func progressText(ctx context.Context, d library.Document) string {
	text := stageText(ctx, d.Stage)
	if d.Total > 1 {
		return tr(ctx, "{stage}: {done} of {total}", "stage", text, "done", d.Done, "total", d.Total)
	}
	return text
}

func allShare(d library.Document) string {
	sum := 0
	for _, s := range documentStages {
		sum += stageShare(d, s)
	}
	return itoa(sum / len(documentStages))
}

// sizeText is a number of bytes as people read it.
func sizeText(n int64) string {
	switch {
	case n < 1<<10:
		return strconv.FormatInt(n, 10) + " B"
	case n < 1<<20:
		return strconv.FormatInt((n+1<<9)>>10, 10) + " KB"
	case n < 1<<30:
		return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
	}
	return strconv.FormatFloat(float64(n)/(1<<30), 'f', 1, 64) + " GB"
}

// languageChoices are the languages whose words are brought to their stems, under their own names.
var languageChoices = []Choice{
	{"en", "English"}, {"da", "Dansk"}, {"de", "Deutsch"}, {"es", "Español"}, {"fi", "Suomi"}, {"fr", "Français"}, {"it", "Italiano"},
	{"nl", "Nederlands"}, {"no", "Norsk"}, {"pt", "Português"}, {"ru", "Русский"}, {"sv", "Svenska"}, {"zh", "中文"},
}

// askHint says who answers.
func askHint(ctx context.Context, c library.Collection) string {
	if len(c.Models) == 0 {
		return tr(ctx, "No model is configured: answers are sentences of the documents as they stand there, each with its source.")
	}
	return tr(ctx, "Answers come from {model}, and each sentence is checked against the source that it names.", "model", c.Models[0])
}

func decimal(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func fusionChoices(ctx context.Context) []Choice {
	return []Choice{
		{string(rag.Adaptive), tr(ctx, "Adaptive: by how much of the question the words cover")},
		{string(rag.Convex), tr(ctx, "Fixed weight")},
		{string(rag.RRF), tr(ctx, "Reciprocal ranks")},
		{string(rag.Lexical), tr(ctx, "Words only")},
		{string(rag.Semantic), tr(ctx, "Meaning only")},
	}
}

// CollectionForm is the settings of a collection, as kept or as entered.
type CollectionForm struct {
	Collection library.Collection
	Providers  []string // names of credentials of language models
	Mistakes   Mistakes
}

// providerChoices are the credentials that can be chosen; one that is gone stays in the list while it is chosen.
func (v CollectionForm) providerChoices(none, chosen string) []Choice {
	list := []Choice{{"", none}}
	for _, name := range v.Providers {
		list = append(list, Choice{name, name})
	}
	if chosen != "" && !slices.Contains(v.Providers, chosen) {
		list = append(list, Choice{chosen, chosen})
	}
	return list
}

// model is who answers in a place of the order.
func (v CollectionForm) model(place int) string {
	if place < len(v.Collection.Models) {
		return v.Collection.Models[place]
	}
	return ""
}

func modelPlace(ctx context.Context, place int) string {
	if place == 0 {
		return tr(ctx, "First")
	}
	return tr(ctx, "When that fails ({n})", "n", place)
}
