package browser_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/browser/browsertest"
)

func TestBrowser(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the browser left the target") }))
	t.Cleanup(elsewhere.Close)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		switch r.URL.Path {
		case "/":
			http.SetCookie(w, &http.Cookie{Name: "sid", Value: "s3cret", HttpOnly: true, Path: "/"})
			fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Home</title><h1>Hello</h1><a id="next" href="/next">Next</a><button id="b" aria-label="Press me">B</button>
				<div id="host"></div><script>document.cookie="seen=1"; localStorage.setItem("token","abc"); console.error("oh no"); 
				document.getElementById("host").attachShadow({mode:"open"}).innerHTML="<button id=deep>Deep</button>";
				document.getElementById("b").onclick=()=>{document.title="Pressed"; fetch("/data")};
				fetch("/data").then(()=>{throw new Error("broken on purpose")}); fetch(%q).catch(()=>{}); </script>`, elsewhere.URL)
		case "/alerts":
			fmt.Fprint(w, `<title>Alerts</title><script>for (let i=0;i<5;i++) alert("number "+i); document.title="through"</script>`)
		case "/hang":
			<-r.Context().Done()
		case "/heavy":
			fmt.Fprint(w, `<title>Heavy</title><script>while(true){}</script>`)
		case "/missing":
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `<title>Nothing here</title>`)
		case "/form":
			fmt.Fprint(w, `<title>Form</title><input id="name" oninput="document.title=this.value"><input id="box" type="checkbox">`)
		default:
			fmt.Fprint(w, `{}`)
		}
	}))
	t.Cleanup(server.CloseClientConnections)
	b, proxy := browsertest.Start(t, server)

	t.Run("visit", func(t *testing.T) {
		t.Parallel()
		v, err := b.Visit(t.Context(), server.URL+"/", browser.Setting{})
		if err != nil {
			t.Fatal(err)
		}
		if v.Status != 200 || v.Snapshot.Title != "Home" || v.Snapshot.Language != "en" || !strings.Contains(v.Snapshot.Text, "Hello") {
			t.Errorf("status %d, title %q, language %q", v.Status, v.Snapshot.Title, v.Snapshot.Language)
		}
		var labels []string
		for _, e := range v.Snapshot.Elements {
			if e.Interactive {
				labels = append(labels, e.Label)
			}
		}
		if got := strings.Join(labels, ","); got != "Next,Press me,Deep" {
			t.Errorf("controls: %s", got)
		}
		if v.Snapshot.Local["token"] != "abc" || v.Snapshot.Cookie != "seen=1" || len(v.Cookies) != 2 {
			t.Errorf("storage %v, cookie %q, cookies %+v", v.Snapshot.Local, v.Snapshot.Cookie, v.Cookies)
		}
		if len(v.Log.Exceptions) != 1 || !strings.Contains(v.Log.Exceptions[0].Text, "broken on purpose") || !v.Log.Exceptions[0].Promise {
			t.Errorf("exceptions: %+v", v.Log.Exceptions)
		}
		said := false
		for _, m := range v.Log.Messages {
			said = said || m.Level == "error" && m.Text == "oh no" && m.Source == "console"
		}
		if !said {
			t.Errorf("messages: %+v", v.Log.Messages)
		}
		blocked, fetched := false, false
		for _, q := range v.Log.Requests {
			blocked = blocked || strings.HasPrefix(q.URL, elsewhere.URL) && q.Blocked
			fetched = fetched || strings.HasSuffix(q.URL, "/data") && q.Status == 200 && q.Type == "Fetch"
		}
		if !blocked || !fetched || proxy.Refused()[elsewhere.URL] == 0 {
			t.Errorf("requests: %+v; refused %v", v.Log.Requests, proxy.Refused())
		}
		if picture, err := png.DecodeConfig(bytes.NewReader(v.Picture)); err != nil || picture.Width != 1280 {
			t.Errorf("picture: %+v %v", picture, err)
		}
		named := false
		for _, n := range v.Tree {
			named = named || n.Role == "button" && n.Name == "Press me"
		}
		if !named || v.Measured.FCP <= 0 {
			t.Errorf("no button in the tree, or no paint: %+v", v.Measured)
		}
	})
	t.Run("tabs share nothing", func(t *testing.T) {
		t.Parallel()
		for range 2 {
			tab, err := b.Open(t.Context(), browser.Setting{})
			if err != nil {
				t.Fatal(err)
			}
			if err := tab.Go(t.Context(), server.URL+"/form"); err != nil {
				t.Fatal(err)
			}
			old, err := browser.Eval[string](t.Context(), tab, `const was = localStorage.getItem("mine") || ""; localStorage.setItem("mine", "kept"); was`)
			if err != nil || old != "" {
				t.Errorf("storage of another tab: %q %v", old, err)
			}
			tab.Close()
		}
	})
	t.Run("acts", func(t *testing.T) {
		t.Parallel()
		tab, err := b.Open(t.Context(), browser.Setting{})
		if err != nil {
			t.Fatal(err)
		}
		defer tab.Close()
		if err := tab.Go(t.Context(), server.URL+"/"); err != nil {
			t.Fatal(err)
		}
		if err := tab.Click(t.Context(), "#b"); err != nil {
			t.Fatal(err)
		}
		if title, err := browser.Eval[string](t.Context(), tab, "document.title"); err != nil || title != "Pressed" {
			t.Errorf("after the click: %q %v", title, err)
		}
		if err := tab.Click(t.Context(), "#nowhere"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a click on nothing: %v", err)
		}
		if err := tab.Press(t.Context(), browser.Tabulator, false); err != nil {
			t.Fatal(err)
		}
		if err := tab.Go(t.Context(), server.URL+"/form"); err != nil {
			t.Fatal(err)
		}
		if err := tab.Fill(t.Context(), "#name", "Ada </script>"); err != nil {
			t.Fatal(err)
		}
		if title, err := browser.Eval[string](t.Context(), tab, "document.title"); err != nil || title != "Ada </script>" {
			t.Errorf("after typing: %q %v", title, err)
		}
	})
	t.Run("alerts without end", func(t *testing.T) {
		t.Parallel()
		v, err := b.Visit(t.Context(), server.URL+"/alerts", browser.Setting{})
		if err != nil || v.Snapshot.Title != "through" || len(v.Log.Dialogs) != 5 || v.Log.Dialogs[4].Text != "number 4" {
			t.Errorf("%v, dialogs %+v", err, v.Log.Dialogs)
		}
	})
	t.Run("an error page is a page", func(t *testing.T) {
		t.Parallel()
		if v, err := b.Visit(t.Context(), server.URL+"/missing", browser.Setting{}); err != nil || v.Status != 404 || v.Snapshot.Title != "Nothing here" {
			t.Errorf("%v %+v", err, v)
		}
	})
	t.Run("without scripts", func(t *testing.T) {
		t.Parallel()
		tab, err := b.Open(t.Context(), browser.Setting{NoScripts: true, Dark: true, Width: 320, Height: 640, Mobile: true})
		if err != nil {
			t.Fatal(err)
		}
		defer tab.Close()
		if err := tab.Go(t.Context(), server.URL+"/"); err != nil {
			t.Fatal(err)
		}
		if l := tab.Log(); len(l.Exceptions) != 0 || len(l.Messages) != 0 {
			t.Errorf("scripts ran: %+v", l.Messages)
		}
	})
	for _, c := range []struct{ name, path string }{{"never answers", "/hang"}, {"never stops computing", "/heavy"}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			if _, err := b.Visit(ctx, server.URL+c.path, browser.Setting{}); err == nil {
				t.Error("visited")
			}
			if b.Gone() {
				t.Error("the browser went down with it")
			}
		})
	}
	t.Run("crash", func(t *testing.T) {
		t.Parallel()
		tab, err := b.Open(t.Context(), browser.Setting{})
		if err != nil {
			t.Fatal(err)
		}
		defer tab.Close()
		if err := tab.Go(t.Context(), server.URL+"/form"); err != nil {
			t.Fatal(err)
		}
		if _, err := browser.Call(t.Context(), tab, page.Crash, cdp.Empty{}); !errors.Is(err, browser.ErrCrashed) {
			t.Errorf("%v", err)
		}
		if err := tab.Go(t.Context(), server.URL+"/form"); !errors.Is(err, browser.ErrCrashed) || !tab.Log().Crashed {
			t.Errorf("in the crashed tab: %v", err)
		}
		tab.Close()
		if v, err := b.Visit(t.Context(), server.URL+"/missing", browser.Setting{}); err != nil || v.Status != 404 {
			t.Errorf("after a crash: %v", err)
		}
	})
}

// A browser that ended by itself is started again once, and no more.
func TestHeir(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "here") }))
	t.Cleanup(server.Close)
	b, _ := browsertest.Start(t, server)
	for range 2 {
		tab, err := b.Open(t.Context(), browser.Setting{})
		if err != nil {
			t.Fatal(err)
		}
		if err := tab.Go(t.Context(), server.URL); err != nil {
			t.Fatal(err)
		}
		crash := chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.CallBrowser(ctx, cdpbrowser.Crash, cdp.Empty{})
			return err
		})
		if err := tab.Do(t.Context(), crash); err == nil {
			t.Error("the browser bears everything")
		}
		tab.Close()
	}
	if _, err := b.Open(t.Context(), browser.Setting{}); err == nil {
		t.Error("started a third time")
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	if _, err := browser.Find("/nowhere/browser"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestCarried(t *testing.T) {
	t.Parallel()
	whole, shell := browser.Carried("/usr/bin/chromium"), browser.Carried("/opt/chrome/chrome-headless-shell")
	if whole < 2 || shell < whole || shell > 16 || shell < min(2*whole, 16) && runtime.NumCPU() > 1 {
		t.Errorf("%d tabs, and %d without windows", whole, shell)
	}
}
