package forms

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func uploadType() *agents.Probe {
	return &agents.Probe{
		ID: "upload-type", Title: "Upload that takes files of a type that it does not want", Severity: agents.High, Needs: agents.NeedsIntrusive, References: []string{"CWE-434"},
		Decides: "A page in HTML, with its own name or under a wanted type, is taken where the form wants other files; or any file is, and the target serves it as a page.",
		Keeps:   "The answers to a fitting file and to the page.",
		Advice:  "Check name, type and content on the server by a list of what is wanted, and serve uploads from another origin, as downloads.",
		Check:   agents.Each(having(func(f surface.Field) bool { return f.Type == "file" }), uploaded),
	}
}

// picture is the smallest PNG.
const picture = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa7V\xbd\xfa\x00\x00\x00\x00IEND\xaeB`\x82"

// wanted is a file that a field should take.
func wanted(f surface.Field, mark string) surface.File {
	accept := strings.ToLower(f.Accept)
	switch {
	case accept == "", strings.Contains(accept, "image"), strings.Contains(accept, ".png"):
		return surface.File{Field: f.Name, Name: mark + ".png", Type: "image/png", Data: []byte(picture)}
	case strings.Contains(accept, "pdf"):
		return surface.File{Field: f.Name, Name: mark + ".pdf", Type: "application/pdf", Data: []byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")}
	case strings.Contains(accept, "csv"):
		return surface.File{Field: f.Name, Name: mark + ".csv", Type: "text/csv", Data: []byte("a,b\n1,2\n")}
	case strings.Contains(accept, "json"):
		return surface.File{Field: f.Name, Name: mark + ".json", Type: "application/json", Data: []byte("{}")}
	}
	return surface.File{Field: f.Name, Name: mark + ".txt", Type: "text/plain", Data: []byte("atelier\n")}
}

func uploaded(ctx context.Context, lab *agents.Lab, f *surface.Form) agents.Outcome {
	var field surface.Field
	for _, one := range f.Fields {
		if one.Type == "file" {
			field = one
			break
		}
	}
	if f.Encoding != "multipart/form-data" {
		return agents.Skip("the form sends no files: it is not multipart/form-data")
	}
	if strings.Contains(strings.ToLower(field.Accept), "html") || strings.Contains(field.Accept, "*/*") {
		return agents.Pass() // pages are wanted
	}
	d := &desk{lab: lab, form: f}
	good, why := d.send(ctx, nil, wanted(field, lab.Marker(0)))
	switch {
	case good == nil:
		return agents.Skip("%s", why)
	case !good.Answered():
		return agents.BlockOn(good.Fault)
	case good.Status >= 400 || len(good.Hops) == 0 && says(good) && d.again(good):
		return agents.Skip("a file of the type that it wants is not taken: it answers %d", good.Status)
	}
	d.good = good
	page := "<!doctype html><title>" + lab.Marker(1) + "</title><p>" + lab.Marker(1)
	for n, file := range []surface.File{
		{Field: field.Name, Name: lab.Marker(1) + ".html", Type: "text/html", Data: []byte(page)},
		{Field: field.Name, Name: lab.Marker(2) + ".html", Type: wanted(field, "x").Type, Data: []byte(page)},
	} {
		x, why := d.send(ctx, func(url.Values) {}, file)
		if x == nil {
			return agents.Skip("%s", why)
		}
		if !x.Answered() {
			return agents.BlockOn(x.Fault)
		}
		if !d.takes(x) {
			continue
		}
		served := d.served(ctx, x, lab.Marker(n+1))
		if field.Accept == "" && served == nil {
			continue // any file is wanted, and this one is not served as a page
		}
		finding := d.finding(x, field.Name, fmt.Sprintf("The form at %s takes %s as %s, a page in HTML, where it wants %s.", pathOf(f.Action), file.Name, file.Type, wants(field)))
		if served != nil {
			finding.Text += fmt.Sprintf(" It is served at %s as a page of this site: a script in it could do what its visitors can.", served.URL)
			finding.Evidence = append(finding.Evidence, agents.Exchanged("served", served))
		}
		return agents.Fail(finding)
	}
	return agents.Pass()
}

func wants(f surface.Field) string {
	if f.Accept == "" {
		return "files"
	}
	return f.Accept
}

// served finds the uploaded file as a page: by a link to it on the page that came.
func (d *desk) served(ctx context.Context, x *wire.Exchange, mark string) *wire.Exchange {
	doc := reading.HTML(x)
	if doc == nil {
		return nil
	}
	for _, e := range doc.Find("a[href], img[src], iframe[src]").EachIter() {
		u := doc.Resolve(e.AttrOr("href", e.AttrOr("src", "")))
		if u == nil || !strings.Contains(u.String(), mark) || !d.lab.Client.Scope().Allows(u) {
			continue
		}
		y := d.lab.Send(ctx, wire.Request{URL: u.String(), As: d.who()})
		if y.Status == http.StatusOK && reading.IsHTML(y) && !strings.Contains(strings.ToLower(y.Header.Get("Content-Disposition")), "attachment") {
			return y
		}
	}
	return nil
}
