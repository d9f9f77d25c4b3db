package views

import (
	"context"
	"net/url"
	"strings"
)

// TemplateCard is a workflow to start from.
type TemplateCard struct {
	ID, Category, Title, Text string
	Picture                   Picture
}

// TemplateGallery is what a workflow can begin as: templates of one category, or all, that match a search.
type TemplateGallery struct {
	Query, Category string
	Categories      []string
	Cards           []TemplateCard
	More            bool // the list is only a beginning; the rest is on a page of its own
}

// TemplateView is a template, looked at before it is used.
type TemplateView struct {
	TemplateCard
	Folder      string
	About       []string // paragraphs
	Kinds       []KindIcon
	Credentials []string // names of those that it takes
	Tests       []string
	Nodes       int
}

// address leads to the gallery with another category.
func (g TemplateGallery) address(category, folder string) string {
	q := url.Values{}
	if g.Query != "" {
		q.Set("query", g.Query)
	}
	if category != "" {
		q.Set("category", category)
	}
	if folder != "" {
		q.Set("folder", folder)
	}
	if len(q) == 0 {
		return "/workflows/new"
	}
	return "/workflows/new?" + q.Encode()
}

func (c TemplateCard) address(folder string) string {
	a := "/workflows/new/" + url.PathEscape(c.ID)
	if folder != "" {
		a += "?folder=" + url.QueryEscape(folder)
	}
	return a
}

// categoryName says a category in the language of the page.
func categoryName(ctx context.Context, category string) string {
	switch category {
	case "Reports":
		return tr(ctx, "Reports")
	case "Watching":
		return tr(ctx, "Watching")
	case "Webhooks":
		return tr(ctx, "Webhooks")
	case "Documents and models":
		return tr(ctx, "Documents and models")
	case "Tables and files":
		return tr(ctx, "Tables and files")
	default:
		return category
	}
}

// ParagraphsOf makes plain paragraphs of a note's Markdown: its headings go, its marks too.
func ParagraphsOf(markdown string) []string {
	var list []string
	for line := range strings.SplitSeq(markdown, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		list = append(list, strings.NewReplacer("**", "", "`", "").Replace(line))
	}
	return list
}
