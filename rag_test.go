package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Documents are taken in and asked on the data folder of a studio that does not run.
func TestRAGCommand(t *testing.T) {
	t.Parallel()
	s := startStudio(t)
	folder := t.TempDir()
	for name, body := range map[string]string{
		"returns.md": "# Returns\n\nParcels can go back within thirty days after they came.\n", "care/shoes.txt": "Leather shoes want wax twice a year.\n",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	bad := filepath.Join(t.TempDir(), "bad.pdf")
	if err := os.WriteFile(bad, []byte("%PDF-1.7 and nothing more"), 0o600); err != nil {
		t.Fatal(err)
	}
	questions := filepath.Join(t.TempDir(), "questions.csv")
	table := "question,document,quote,unanswerable\nHow long may parcels go back?,returns.md,within thirty days,\nWhat do leather shoes want twice a year?,care/shoes.txt,,\nWho won the cup?,,,yes\n"
	if err := os.WriteFile(questions, []byte(table), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := atelier(t, "rag", "ingest", folder, "--collection", "Handbook", "--data", s.dir); code != exitFailed || errs == "" {
		t.Errorf("while the studio runs: %d %s", code, errs)
	}
	s.kill()
	for _, tt := range []struct {
		args string
		code int
		want string
	}{
		{"ingest " + folder, exitOK, "returns.md: ready, chunks: 1"},
		{"ingest " + folder, exitOK, "shoes.txt: unchanged"},
		{"ingest " + bad, exitFailed, "PDF"},
		{"ask Within how many days can parcels go back?", exitOK, "thirty days after they came. [1]\n[1] Returns"},
		{"ask --json Within how many days can parcels go back?", exitOK, `"mode":"extract"`},
		{"ask quantum chromodynamics", exitFailed, "do not tell"},
		{"ask", exitUsage, "rag takes"},
		{"measure x", exitUsage, "rag takes"},
		{"eval", exitUsage, "no judged questions yet"},
		{"eval --questions " + questions + " --require ndcg=0.9,recall=1,false=0", exitOK, ">= 0.900 required: ok"},
		{"eval --questions " + questions + " --require mrr=1 --json", exitOK, `"ndcg":1`},
		{"eval --questions " + questions + " --require supported=1,auroc=1,kept=1", exitFailed, "kept is 0.500"},
		{"eval --questions " + questions + " --require beauty=1", exitUsage, "beauty"},
		{"eval --questions " + bad, exitUsage, "--questions"},
		{"eval --questions " + questions + " --keep", exitUsage, "--keep"},
		{"eval Handbook", exitUsage, "one collection"},
	} {
		args := append([]string{"rag"}, strings.Fields(tt.args)...)
		code, out, errs := atelier(t, append(args, "--collection", "Handbook", "--data", s.dir)...)
		if code != tt.code || !strings.Contains(out+errs, tt.want) {
			t.Errorf("%s: %d\n%s%s", tt.args, code, out, errs)
		}
	}
	if code, _, errs := atelier(t, "rag", "ask", "what", "--data", s.dir); code != exitUsage || !strings.Contains(errs, "--collection") {
		t.Errorf("without a collection: %d %s", code, errs)
	}
}

// Pages are taken in from their addresses, where the administrator lets the studio reach them.
func TestRAGAddresses(t *testing.T) {
	t.Parallel()
	s := startStudio(t)
	s.kill()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/gifts":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<title>Gifts</title><p>Gift cards never expire.</p>")
		case "/sitemap.xml":
			fmt.Fprintf(w, "<urlset><url><loc>http://%s/gifts</loc></url><url><loc>/nowhere</loc></url></urlset>", r.Host)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(site.Close)
	for _, tt := range []struct {
		args, allow string
		code        int
		want        string
	}{
		{"ingest --url " + site.URL + "/gifts", "", exitFailed, "private network"},
		{"ingest --url " + site.URL + "/gifts", "127.0.0.1", exitOK, site.URL + "/gifts: new"},
		{"ingest --url " + site.URL + "/gifts", "127.0.0.1", exitOK, site.URL + "/gifts: same"},
		{"ingest --sitemap " + site.URL, "127.0.0.1", exitFailed, site.URL + "/nowhere: there is no page"},
		{"ingest --follow ftp://example.org", "127.0.0.1", exitFailed, "http and https"},
		{"ask When do gift cards expire?", "", exitOK, "never expire. [1]"},
		{"ingest", "", exitUsage, "--url"},
	} {
		args := append([]string{"rag"}, strings.Fields(tt.args)...)
		var out, errs strings.Builder
		getenv := func(name string) string { return map[string]string{"ATELIER_ALLOW_ADDRESSES": tt.allow}[name] }
		code := run(t.Context(), append(args, "--collection", "Handbook", "--data", s.dir), getenv, strings.NewReader(""), &out, &errs)
		if code != tt.code || !strings.Contains(out.String()+errs.String(), tt.want) {
			t.Errorf("%s: %d\n%s%s", tt.args, code, out.String(), errs.String())
		}
	}
}
