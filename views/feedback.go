package views

import (
	"context"
	"net/url"

	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/rag/talk"
)

// FeedbackView is the judged answers of a collection: those that a filter lets through, a page of them.
type FeedbackView struct {
	Collection    library.Collection
	Answers       []talk.Judged
	Names         map[string]string // of people, by id
	Counts        map[talk.Verdict]int
	Verdict       talk.Verdict
	Reason        talk.Reason
	Open          bool
	Query, Cursor string
	Next          string
}

func (v FeedbackView) address(verdict talk.Verdict, cursor string) string {
	q := url.Values{}
	for name, value := range map[string]string{"verdict": string(verdict), "q": v.Query, "cursor": cursor} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if verdict == v.Verdict && v.Reason != "" {
		q.Set("reason", string(v.Reason))
	}
	if v.Open {
		q.Set("open", "true")
	}
	if len(q) == 0 {
		return v.root()
	}
	return v.root() + "?" + q.Encode()
}

func (v FeedbackView) root() string { return "/collections/" + v.Collection.ID + "/feedback" }

func (v FeedbackView) filtered() bool {
	return v.Verdict != "" || v.Reason != "" || v.Open || v.Query != ""
}

func (v FeedbackView) all() int { return v.Counts[talk.Up] + v.Counts[talk.Down] }

// name is who asked; somebody who has left the workspace has none.
func (v FeedbackView) name(ctx context.Context, id string) string {
	if name := v.Names[id]; name != "" {
		return name
	}
	return tr(ctx, "Somebody who has left")
}

// reasonText says a reason in words.
func reasonText(ctx context.Context, r talk.Reason) string {
	switch r {
	case "right":
		return tr(ctx, "Right")
	case "complete":
		return tr(ctx, "Complete")
	case "good_sources":
		return tr(ctx, "Good sources")
	case "wrong":
		return tr(ctx, "Wrong")
	case "incomplete":
		return tr(ctx, "Incomplete")
	case "wrong_sources":
		return tr(ctx, "Wrong sources")
	case "not_found":
		return tr(ctx, "The documents do have an answer")
	case "outdated":
		return tr(ctx, "Outdated")
	case "unclear":
		return tr(ctx, "Hard to understand")
	}
	return string(r)
}

func reasonChoices(ctx context.Context, v talk.Verdict) []Choice {
	list := []Choice{{"", tr(ctx, "Any reason")}}
	for _, verdict := range []talk.Verdict{talk.Down, talk.Up} {
		if v != "" && v != verdict {
			continue
		}
		for _, r := range talk.Reasons(verdict) {
			list = append(list, Choice{string(r), reasonText(ctx, r)})
		}
	}
	return list
}

func verdictText(ctx context.Context, v talk.Verdict) string {
	if v == talk.Up {
		return tr(ctx, "Good answer")
	}
	return tr(ctx, "Bad answer")
}

func verdictIcon(v talk.Verdict) string { return "thumbs-" + string(v) }

// answerText is an answer in a list.
func answerText(ctx context.Context, m talk.Message) string {
	if m.Text == "" {
		return tr(ctx, "The documents do not tell.")
	}
	return m.Text
}
