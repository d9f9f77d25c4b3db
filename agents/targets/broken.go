package targets

import (
	"net/http"
	"strings"
)

// Broken is a target on which nothing works: every page answers 500, and those below /slow never answer at all.
func Broken() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/slow") {
			<-r.Context().Done()
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write([]byte(`<!doctype html><html lang="en"><title>Error</title><h1>Internal error</h1><a href="/slow/1">one</a> <a href="/other">two</a>`)) //nolint:errcheck // whoever asked is gone
	})
}
