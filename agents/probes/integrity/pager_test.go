package integrity_test

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"

	"github.com/atelier-studio/atelier/agents/probes/integrity"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

// The pages that a pager links together show as many rows as the list tells.
func TestPager(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		rows, linked, served int
		told                 string // how the total is told
		window               bool   // only the next page is linked
		want                 int
	}{
		"the last page is not linked":     {38, 3, 4, "%d tools found.", false, 1},
		"nor by a next":                   {38, 3, 4, "Tools 1–12 of %d", true, 1},
		"all are linked":                  {38, 4, 4, "%d tools found.", false, 0},
		"all are linked, one by one":      {38, 4, 4, "%d results", true, 0},
		"full to the end":                 {36, 3, 3, "%d tools found.", false, 0},
		"no total":                        {38, 3, 4, "Tools", false, 0},
		"a rough total":                   {38, 3, 4, "more than %d results", false, 0},
		"rows that are not to be had yet": {38, 3, 3, "%d tools found.", false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := try.Probes(t, integrity.Probes()[3:4], http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				const each = 12
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				page := 1
				if n, err := strconv.Atoi(r.FormValue("page")); err == nil {
					page = n
				}
				switch {
				case r.URL.Path == "/":
					fmt.Fprint(w, `<!doctype html><title>Home</title><h1>Home</h1><a href="/tools">Tools</a>`)
				case r.URL.Path == "/tools" && page >= 1 && page <= x.served:
					total := x.told
					if total != "Tools" {
						total = fmt.Sprintf(x.told, x.rows)
					}
					fmt.Fprintf(w, `<!doctype html><title>Tools</title><h1>Tools</h1><p>%s</p><ul>`, total)
					for id := (page-1)*each + 1; id <= min(page*each, x.rows); id++ {
						fmt.Fprintf(w, `<li><a href="/tools/%[1]d">Tool %[1]d</a>`, id)
					}
					for n := 1; n <= x.linked; n++ {
						if !x.window || n == page+1 {
							fmt.Fprintf(w, `<a href="/tools?page=%[1]d">%[1]d</a> `, n)
						}
					}
				default:
					http.NotFound(w, r)
				}
			}), try.Options{})
			if found := try.Found(r, "pagination"); len(found) != x.want {
				t.Errorf("found %d, want %d: %+v", len(found), x.want, found)
			}
		})
	}
}
