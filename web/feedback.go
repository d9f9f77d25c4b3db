package web

import (
	"net/http"
	"slices"

	"github.com/atelier-studio/atelier/rag/talk"
	"github.com/atelier-studio/atelier/views"
)

// feedbackPage lists answers of a collection on which those who asked said what they think.
func feedbackPage(s *Server, c *Ctx) error {
	v, err := s.feedbackView(c)
	if err != nil {
		return err
	}
	v.Verdict, v.Reason, v.Open = talk.Verdict(c.QueryParam("verdict")), talk.Reason(c.QueryParam("reason")), c.QueryParam("open") == "true"
	v.Query, v.Cursor = c.QueryParam("q"), c.QueryParam("cursor")
	if v.Verdict != talk.Up && v.Verdict != talk.Down {
		v.Verdict = ""
	}
	if !slices.Contains(slices.Concat(talk.Reasons(talk.Up), talk.Reasons(talk.Down)), v.Reason) {
		v.Reason = ""
	}
	list, err := apiJudged(s, c, judgedIn{ID: v.Collection.ID, Verdict: v.Verdict, Reason: v.Reason, Open: v.Open, Query: v.Query, Cursor: v.Cursor, Limit: 30})
	if err != nil {
		return err
	}
	v.Answers, v.Next = list.Answers, list.Next
	if v.Counts, err = s.Store.JudgedCounts(c.Context(), c.Scope(), v.Collection.ID); err != nil {
		return err
	}
	return c.View(http.StatusOK, views.FeedbackPage(c.collectionPage(c.T("Feedback on {name}", "name", v.Collection.Name)), v))
}

// judgedPage shows one of those answers.
func judgedPage(s *Server, c *Ctx) error {
	v, err := s.feedbackView(c)
	if err != nil {
		return err
	}
	j, _, err := s.Store.JudgedAnswer(c.Context(), c.Scope(), v.Collection.ID, c.Param("message"))
	if err != nil {
		return err
	}
	page := c.collectionPage(c.T("A judged answer"), views.Link{Text: v.Collection.Name, Href: "/collections/" + v.Collection.ID}, views.Link{Text: c.T("Feedback"), Href: "/collections/" + v.Collection.ID + "/feedback"})
	return c.View(http.StatusOK, views.JudgedPage(page, v, j))
}

func (s *Server) feedbackView(c *Ctx) (v views.FeedbackView, err error) {
	found, err := s.Store.Collection(c.Context(), c.Scope(), c.Param("id"))
	if err != nil {
		return v, err
	}
	v.Collection, v.Names = *found, map[string]string{}
	members, err := s.Store.Members(c.Context(), c.Scope())
	for _, m := range members {
		v.Names[m.User.ID] = m.User.Name
	}
	return v, err
}
