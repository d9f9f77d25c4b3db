package web

import (
	"strings"

	"github.com/atelier-studio/atelier/rag/library"
)

const maxRecordQuery = 1000

type recordsIn struct {
	ID    string   `path:"id"`
	Query string   `query:"q" doc:"Words; those that are rarer count for more."`
	Tags  []string `query:"tag" doc:"Only documents that have all of them, separated by commas."`
	Page  int      `query:"page" doc:"From 1; 1 when left out."`
	Limit int      `query:"limit" doc:"Records a page: 10 when left out, at most 100."`
}

type recordsOut struct {
	*library.Records
	Page int `json:"page"`
}

// apiRecords finds by words alone, a page at a time: no model, no vectors, no stages.
func apiRecords(s *Server, c *Ctx, in recordsIn) (recordsOut, error) {
	if s.Library == nil {
		return recordsOut{}, errNoLibrary
	}
	in.Query, in.Page = strings.TrimSpace(in.Query), max(in.Page, 1)
	if in.Limit <= 0 {
		in.Limit = 10
	}
	if in.Query == "" || len(in.Query) > maxRecordQuery || in.Limit > 100 || in.Page > 2000 {
		return recordsOut{}, invalidInput("Give words to search for, at most %d bytes of them, and at most 100 records a page.", maxRecordQuery)
	}
	o, err := s.Library.Open(c.Request().Context(), c.Scope().Workspace(), in.ID)
	if err != nil {
		return recordsOut{}, err
	}
	found, err := o.Find(c.Request().Context(), in.Query, in.Tags, (in.Page-1)*in.Limit, in.Limit)
	return recordsOut{found, in.Page}, err
}
